// The theme is imported first, so that the first thing drawn already has its colours.
import "./shell/theme.ts";
import "@fontsource-variable/inter/index.css";
import "@mantine/core/styles/baseline.css";
import "@mantine/core/styles/default-css-variables.css";
import "@mantine/core/styles/global.css";
import "@mantine/core/styles/UnstyledButton.css";
import "@mantine/core/styles/Combobox.css";
import "@mantine/core/styles/Input.css";
import "@mantine/core/styles/Paper.css";
import "@mantine/core/styles/Popover.css";
import "uplot/dist/uPlot.min.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/mantine.css";
import "./styles/shell.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "./live/follow.ts";
import { router } from "./router.tsx";
import { useShownTheme } from "./shell/theme.ts";

function App() {
  const theme = useShownTheme();
  return (
    // No CSS variables and no global classes from Mantine: it writes both as inline <style>, which the
    // Content-Security-Policy forbids. styles/mantine.css sets the variables instead.
    <MantineProvider withCssVariables={false} withGlobalClasses={false} forceColorScheme={theme}>
      <QueryClientProvider client={queryClient}><RouterProvider router={router} /></QueryClientProvider>
    </MantineProvider>
  );
}

createRoot(document.getElementById("root") as HTMLElement).render(<StrictMode><App /></StrictMode>);
