import Button from "@cloudscape-design/components/button";
import { useNavigate } from "react-router-dom";
import { ResourceTable } from "../../../components/ResourceTable";
import { useTrails } from "../use-cloudtrail";
import { TRAIL_COLUMNS } from "./table-config";

export default function TrailsPage() {
  const navigate = useNavigate();
  const trails = useTrails();
  const create = (
    <Button variant="primary" onClick={() => navigate("/cloudtrail/trails/create")}>
      Create trail
    </Button>
  );
  return (
    <ResourceTable
      id="trails"
      title="Trails"
      noun="trails"
      items={trails.data}
      loading={trails.isLoading}
      error={trails.error}
      refresh={() => void trails.refetch()}
      keyOf={(trail) => trail.TrailARN ?? ""}
      columns={TRAIL_COLUMNS}
      actions={create}
    />
  );
}
