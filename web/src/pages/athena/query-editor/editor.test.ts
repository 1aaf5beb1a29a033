import { describe, expect, it } from "vitest";
import { fieldsOf } from "./column-type";
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
});
