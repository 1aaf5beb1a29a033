import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useParams } from "react-router-dom";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { InstanceStateMenu } from "../InstanceStateMenu";
import { InstanceTabs } from "../InstanceTabs";
import { tagOf, useInstances } from "../use-ec2";

export default function InstancePage() {
  const { id = "" } = useParams();
  const instances = useInstances([id]);
  const instance = instances.data?.[0];
  const name = tagOf(instance, "Name");
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<InstanceStateMenu instance={instance} />}>
        Instance summary for {id} {name && `(${name})`}
      </Header>
      <ErrorAlert error={instances.error} header="The instance could not be loaded" retry={() => void instances.refetch()} />
      {instances.isLoading && <Spinner size="large" />}
      {instance && <InstanceTabs instance={instance} />}
    </SpaceBetween>
  );
}
