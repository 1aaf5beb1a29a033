/** A field of a Hive type: struct<a:string,b:array<int>> has two. */
export interface TypeField {
  name: string;
  type: string;
}

const CLOSING: Record<string, string> = { "<": ">", "(": ")" };

/** The fields of a struct, or of what an array of structs holds; none for any other type. */
export function fieldsOf(type: string): TypeField[] {
  const array = /^array<(.*)>$/i.exec(type.trim());
  if (array) return fieldsOf(array[1]);
  const struct = /^struct<(.*)>$/is.exec(type.trim());
  if (!struct) return [];
  return splitTop(struct[1]).map((part) => {
    const colon = part.indexOf(":");
    return { name: part.slice(0, colon).trim(), type: part.slice(colon + 1).trim() };
  });
}

/** Parts between the commas that stand in no brackets. */
function splitTop(text: string): string[] {
  const parts: string[] = [];
  const open: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (CLOSING[character]) open.push(CLOSING[character]);
    else if (character === open.at(-1)) open.pop();
    else if (character === "," && open.length === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.filter((part) => part.trim() !== "");
}
