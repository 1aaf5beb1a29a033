import { EditRulesPage } from "./EditRulesPage";

export default function EditInboundRulesPage() {
  return <EditRulesPage direction="inbound" />;
}
