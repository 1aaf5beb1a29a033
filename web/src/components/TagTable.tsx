import { ResourceTable } from "./ResourceTable";

interface Tag {
  Key?: string;
  Value?: string;
}

export function TagTable({ tags }: { tags: Tag[] | undefined }) {
  return (
    <ResourceTable<Tag>
      id="tags"
      variant="embedded"
      title="Tags"
      noun="tags"
      items={tags ?? []}
      keyOf={(tag) => tag.Key ?? ""}
      columns={[
        { id: "key", header: "Key", cell: (tag) => tag.Key, sortingField: "Key" },
        { id: "value", header: "Value", cell: (tag) => tag.Value || "–", sortingField: "Value" },
      ]}
    />
  );
}
