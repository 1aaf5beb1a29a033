import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useParams } from "react-router-dom";
import { ObjectsTab } from "./ObjectsTab";
import { PermissionsTab } from "./PermissionsTab";
import { PropertiesTab } from "./PropertiesTab";

export default function BucketPage() {
  const { name = "" } = useParams();
  const [tab, setTab] = useState("objects");
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{name}</Header>
      <Tabs
        ariaLabel="Bucket"
        activeTabId={tab}
        onChange={({ detail }) => setTab(detail.activeTabId)}
        tabs={[
          { id: "objects", label: "Objects", content: tab === "objects" && <ObjectsTab bucket={name} /> },
          { id: "properties", label: "Properties", content: tab === "properties" && <PropertiesTab bucket={name} /> },
          { id: "permissions", label: "Permissions", content: tab === "permissions" && <PermissionsTab bucket={name} /> },
        ]}
      />
    </SpaceBetween>
  );
}
