import AppLayoutToolbar from "@cloudscape-design/components/app-layout-toolbar";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { Suspense, useEffect, useMemo, useState } from "react";
import { matchPath, Navigate, Route, Routes, useHref, useLocation, useNavigate } from "react-router-dom";
import { ErrorBoundary } from "../components/ErrorBoundary";
import { serviceOf } from "./navigation";
import { NotificationBar } from "./notifications";
import { PAGES, type Page } from "./routes";
import { PanelOutlet, PanelProvider, usePanelStore } from "./split-panel";
import { TopBar } from "./TopBar";
import { noteVisit } from "./visits";

function pageAt(path: string): { page: Page; params: Record<string, string | undefined> } | null {
  // Fixed addresses come before those with a parameter.
  const candidates = [...PAGES].sort((a, b) => a.path.split(":").length - b.path.split(":").length);
  for (const page of candidates) {
    const match = matchPath(page.path, path);
    if (match) return { page, params: match.params };
  }
  return null;
}

function useCrumbs() {
  const { pathname } = useLocation();
  return useMemo(() => {
    const service = serviceOf(pathname);
    const found = pageAt(pathname);
    if (!service || !found) return [];
    const crumbs = [{ text: service.name, href: service.home }];
    found.page.crumbs.forEach((crumb, index) => {
      const text = crumb.startsWith(":") ? (found.params[crumb.slice(1)] ?? "") : crumb;
      const depth = found.page.crumbs.length - 1 - index;
      const steps = pathname.split("/");
      // The page above has the address with the last step left out.
      crumbs.push({ text, href: depth === 0 ? pathname : steps.slice(0, Math.max(3, steps.length - depth)).join("/") });
    });
    return crumbs;
  }, [pathname]);
}

export function Shell() {
  const navigate = useNavigate();
  const base = useHref("/").replace(/\/$/, "");
  const { pathname } = useLocation();
  const service = serviceOf(pathname);
  const found = pageAt(pathname);
  const crumbs = useCrumbs();
  const [open, setOpen] = useState(() => window.innerWidth > 900);
  const [panelOpen, setPanelOpen] = useState(true);
  const [panelSize, setPanelSize] = useState(360);
  const { store, shown } = usePanelStore();

  useEffect(() => {
    const last = crumbs.at(-1)?.text;
    document.title = [last !== service?.name && last, service?.name, "opentrail"].filter(Boolean).join(" | ");
    if (service) noteVisit(service.id);
  }, [crumbs, service]);

  const withBase = (href: string) => `${base}${href}`;
  const follow = (event: CustomEvent<{ href?: string; external?: boolean }>) => {
    const { href, external } = event.detail;
    if (!href || external) return;
    event.preventDefault();
    navigate(href.startsWith(base) ? href.slice(base.length) || "/" : href);
  };

  return (
    <>
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      <div id="top-navigation" className="top-navigation">
        <TopBar />
      </div>
      <AppLayoutToolbar
        headerSelector="#top-navigation"
        contentType={found?.page.contentType}
        navigationHide={!service}
        navigationOpen={open}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        navigation={
          service && (
            <SideNavigation
              header={{ text: service.name, href: withBase(service.home) }}
              activeHref={withBase(`/${pathname.split("/").slice(1, 3).join("/")}`)}
              items={withHrefs(service.items, withBase)}
              onFollow={follow}
            />
          )
        }
        breadcrumbs={crumbs.length > 1 && <BreadcrumbGroup items={crumbs.map((crumb) => ({ ...crumb, href: withBase(crumb.href) }))} onFollow={follow} />}
        notifications={<NotificationBar />}
        toolsHide
        splitPanel={shown && <PanelOutlet store={store} />}
        splitPanelOpen={panelOpen}
        onSplitPanelToggle={({ detail }) => setPanelOpen(detail.open)}
        splitPanelSize={panelSize}
        onSplitPanelResize={({ detail }) => setPanelSize(detail.size)}
        splitPanelPreferences={{ position: "bottom" }}
        content={
          <div id="content">
            <ErrorBoundary key={pathname}>
              <PanelProvider value={store}>
                <Suspense fallback={<StatusIndicator type="loading">Loading</StatusIndicator>}>
                  <Routes>
                    {PAGES.map(({ path, Component }) => (
                      <Route key={path} path={path} element={<Component />} />
                    ))}
                    <Route path="*" element={<Navigate to={service && pathname !== service.home ? service.home : "/home"} replace />} />
                  </Routes>
                </Suspense>
              </PanelProvider>
            </ErrorBoundary>
          </div>
        }
      />
    </>
  );
}

function withHrefs<T>(items: readonly T[], withBase: (href: string) => string): T[] {
  return items.map((item) => {
    const { href, items: inner } = item as { href?: string; items?: readonly T[] };
    return { ...item, ...(href && { href: withBase(href) }), ...(inner && { items: withHrefs(inner, withBase) }) };
  });
}
