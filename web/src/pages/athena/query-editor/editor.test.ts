import { describe, expect, it } from "vitest";
import { fieldsOf } from "./column-type";
import { columnsAt } from "./completion";
import { addTab, changeTab, closeTab, initialState, restore } from "./query-tabs";

describe("the query editor", () => {
  it("numbers its tabs and never runs out of them", () => {
    let state = addTab(addTab(initialState()), "SELECT 1");
    expect(state.tabs.map((tab) => tab.title)).toEqual(["Query 1", "Query 2", "Query 3"]);
    state = closeTab(state, state.active);
    expect(state.active).toBe(state.tabs[1].id);
    for (const tab of state.tabs) state = closeTab(state, tab.id);
    expect(state.tabs.map((tab) => tab.title)).toEqual(["Query 1"]);
  });
  it("is restored from what it stored, and from nothing else", () => {
    const state = changeTab(initialState(), initialState().active, {});
    expect(restore(JSON.stringify(state))).toEqual(state);
    for (const text of [null, "", "{", "[]", '{"tabs":[]}', '{"tabs":[{"id":"x"}],"active":"y"}']) expect(restore(text).tabs).toHaveLength(1);
  });
  it("takes the types of Hive apart", () => {
    expect(fieldsOf("string")).toEqual([]);
    expect(fieldsOf("struct<type:string,sessioncontext:struct<attributes:struct<a:string,b:decimal(10,2)>,m:map<string,string>>,n:int>").map(({ name }) => name)).toEqual(["type", "sessioncontext", "n"]);
    expect(fieldsOf("array<struct<arn:string,accountid:string>>")).toEqual([{ name: "arn", type: "string" }, { name: "accountid", type: "string" }]);
  });
  it("completes the columns of the tables that the text names, and their fields", () => {
    const tables = [
      { name: "logs", columns: [{ name: "eventname", type: "string" }, { name: "useridentity", type: "struct<username:string,Session:struct<mfa:boolean>>" }] },
      { name: "other", columns: [{ name: "a", type: "int" }] },
    ];
    const names = (text: string, path: string) => columnsAt(tables, text, path).map(({ name }) => name);
    expect(names("SELECT ev FROM Logs", "ev")).toEqual(["eventname", "useridentity"]);
    expect(names("SELECT 1 FROM logs l JOIN other o", "")).toEqual(["eventname", "useridentity", "a"]);
    expect(names("SELECT 1 FROM logs", "userIdentity.us")).toEqual(["username", "Session"]);
    expect(names("SELECT 1 FROM logs", "useridentity.session.")).toEqual(["mfa"]);
    expect(names("SELECT 1 FROM logs", "l.")).toEqual([]);
    expect(names("SELECT 1 FROM nowhere", "ev")).toEqual([]);
  });
});
