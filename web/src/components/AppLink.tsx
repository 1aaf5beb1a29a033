import Link, { type LinkProps } from "@cloudscape-design/components/link";
import { useHref, useNavigate } from "react-router-dom";

/** A link to a page of the console. */
export function AppLink({ href, ...rest }: Omit<LinkProps, "href" | "onFollow"> & { href: string }) {
  const navigate = useNavigate();
  return (
    <Link
      {...rest}
      href={useHref(href)}
      onFollow={(event) => {
        event.preventDefault();
        navigate(href);
      }}
    />
  );
}
