/** @module Dark, light or the system's choice. theme.js applies the stored choice before the first paint. */
import { signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
const ORDER: readonly Theme[] = ["system", "light", "dark"];

export const theme = signal<Theme>((document.documentElement.dataset.theme as Theme | undefined) ?? "system");

/** Goes to the next theme and keeps it. */
export function nextTheme(): void {
  theme.value = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length]!;
  document.documentElement.dataset.theme = theme.value;
  try {
    if (theme.value === "system") localStorage.removeItem("clew-theme");
    else localStorage.setItem("clew-theme", theme.value);
  } catch {
    // Storage is off: the choice lasts as long as the page.
  }
}
