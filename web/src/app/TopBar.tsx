import type { ButtonDropdownProps } from "@cloudscape-design/components/button-dropdown";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { useHref, useLocation, useNavigate } from "react-router-dom";
import { useSession } from "../session/SessionContext";
import { CATEGORIES, SERVICES, serviceOf } from "./navigation";
import { GLOBAL_SERVICES, REGIONS } from "./regions";
import { setTheme, useTheme, type Theme } from "./theme";

const THEMES: Record<Theme, string> = { light: "Light", dark: "Dark", system: "As the system" };

function serviceMenu(): ButtonDropdownProps.Items {
  return CATEGORIES.map((category) => ({
    text: category,
    items: SERVICES.filter((service) => service.category === category).map((service) => ({
      id: service.home,
      text: service.name,
      description: service.description,
    })),
  }));
}

export function TopBar() {
  const navigate = useNavigate();
  const home = useHref("/home");
  const { pathname } = useLocation();
  const { session, region, setRegion, leave } = useSession();
  const { theme } = useTheme();
  const isGlobal = GLOBAL_SERVICES.has(serviceOf(pathname)?.id ?? "");
  const regionName = isGlobal ? "Global" : (REGIONS[region]?.replace(/^.*\((.*)\)$/, "$1") ?? region);
  const who = session.type === "Root" ? "root" : session.userName;

  return (
    <TopNavigation
      identity={{
        href: home,
        logo: { src: "/_console/wordmark.svg", alt: "opentrail" },
        onFollow: (event) => {
          event.preventDefault();
          navigate("/home");
        },
      }}
      utilities={[
        {
          type: "menu-dropdown", text: "Services", iconName: "view-full", ariaLabel: "Services", items: serviceMenu(), expandableGroups: false,
          onItemClick: ({ detail }) => navigate(detail.id),
        },
        {
          type: "menu-dropdown", text: regionName, iconName: "globe", ariaLabel: `Region: ${regionName}`,
          items: Object.entries(REGIONS).map(([id, text]) => ({ id, text: `${text} ${id}`, disabled: isGlobal, itemType: "checkbox" as const, checked: id === region })),
          onItemClick: ({ detail }) => setRegion(detail.id),
        },
        {
          type: "menu-dropdown", iconName: "settings", ariaLabel: "Settings", title: "Settings",
          items: [
            {
              text: "Visual mode",
              items: (Object.keys(THEMES) as Theme[]).map((id) => ({ id, text: THEMES[id], itemType: "checkbox" as const, checked: id === theme })),
            },
          ],
          onItemClick: ({ detail }) => setTheme(detail.id as Theme),
        },
        {
          type: "menu-dropdown", text: `${who} @ ${session.accountId}`, iconName: "user-profile", ariaLabel: `Account: ${who} @ ${session.accountId}`, description: `Account ID: ${session.accountId}`,
          items: [
            { id: "credentials", text: "Security credentials" },
            { id: "sign-out", text: "Sign out" },
          ],
          onItemClick: ({ detail }) => (detail.id === "sign-out" ? leave() : navigate("/iam/security-credentials")),
        },
      ]}
    />
  );
}
