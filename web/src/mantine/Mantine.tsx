// What Mantine's parts need around them. They come with the first thing that has one, not with the first script: most pages
// have none, and the search box only once somebody turns to it. No part of src/ui or src/shell that every page reads may
// import this, else it is in the first script again.
import "@mantine/core/styles/default-css-variables.css";
import "@mantine/core/styles/global.css";
import "@mantine/core/styles/UnstyledButton.css";
import "@mantine/core/styles/Combobox.css";
import "@mantine/core/styles/Input.css";
import "@mantine/core/styles/Paper.css";
import "@mantine/core/styles/Popover.css";
import "./mantine.css";
import { MantineProvider } from "@mantine/core";
import type { ReactNode } from "react";
import { useShownTheme } from "../shell/theme.ts";

export function Mantine({ children }: { children: ReactNode }) {
  const theme = useShownTheme();
  return (
    // No CSS variables and no global classes from Mantine: it writes both as inline <style>, which the
    // Content-Security-Policy forbids. mantine.css sets the variables instead.
    <MantineProvider withCssVariables={false} withGlobalClasses={false} forceColorScheme={theme}>{children}</MantineProvider>
  );
}
