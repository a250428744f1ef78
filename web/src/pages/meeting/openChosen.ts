/** Follows the side panel's link to the chosen participant. False when nobody is chosen. */
export function openChosen(): boolean {
  const link = document.querySelector<HTMLElement>("[data-open-participant]");
  link?.click();
  return link !== null;
}
