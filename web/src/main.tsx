import "@cloudscape-design/global-styles/index.css";
import "./app/page.css";
import "./app/trusted-types";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router-dom";
import { App } from "./app/App";
import { applyStoredTheme } from "./app/theme";

applyStoredTheme();
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <BrowserRouter basename="/_console">
      <App />
    </BrowserRouter>
  </StrictMode>,
);
