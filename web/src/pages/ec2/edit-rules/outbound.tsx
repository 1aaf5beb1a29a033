import { EditRulesPage } from "./EditRulesPage";

export default function EditOutboundRulesPage() {
  return <EditRulesPage direction="outbound" />;
}
