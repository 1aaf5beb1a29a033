import { beforeEach, expect, it, vi } from "vitest";
import { claimForms, forgetForms } from "./use-kept";

/** As browsers have it: its keys are its own properties. */
function storage(): Storage {
  const held: Record<string, string> = {};
  const methods = {
    getItem: (key: string) => held[key] ?? null,
    setItem: (key: string, value: string) => void (held[key] = value),
    removeItem: (key: string) => void delete held[key],
  };
  return new Proxy(held, { get: (_, key) => methods[key as keyof typeof methods] }) as unknown as Storage;
}

beforeEach(() => vi.stubGlobal("sessionStorage", storage()));

it("keeps what was entered for the identity that entered it", () => {
  claimForms("arn:aws:iam::111122223333:user/sofia");
  sessionStorage.setItem("opentrail.form./ec2 ", "{}");
  sessionStorage.setItem("opentrail.query-tabs", "[]");
  claimForms("arn:aws:iam::111122223333:user/sofia");
  expect(sessionStorage.getItem("opentrail.form./ec2 ")).toBe("{}");
  claimForms("arn:aws:iam::111122223333:user/frank");
  expect(sessionStorage.getItem("opentrail.form./ec2 ")).toBeNull();
  expect(sessionStorage.getItem("opentrail.query-tabs")).toBe("[]");
});

it("forgets all forms of who signs out", () => {
  sessionStorage.setItem("opentrail.form./kms policy", "{}");
  forgetForms();
  expect(sessionStorage.getItem("opentrail.form./kms policy")).toBeNull();
});
