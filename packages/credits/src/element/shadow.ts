/**
 * What is inside an element. Built by calls and styled by a sheet of its own: it works under a content security
 * policy without inline styles, and under Trusted Types. Colours and fonts are the host's: dark and light apply automatically.
 */
export interface Shadow {
  label: HTMLElement;
  value: HTMLElement;
  /** What stands there while nothing is known: what the server wrote into the element, otherwise a bar. */
  placeholder: HTMLElement;
  /** The slot for what the server wrote. */
  written: HTMLSlotElement;
  /** In place of a bar where there is nothing to wait for. */
  blank: HTMLElement;
  note: HTMLSlotElement;
  retry: HTMLButtonElement;
  status: HTMLElement;
}

const STYLE = `
:host { position: relative; display: inline-flex; flex-wrap: wrap; align-items: baseline;
  column-gap: var(--credits-balance-gap, 0.4em); font-variant-numeric: tabular-nums; }
[part] { white-space: nowrap; }
:host([hidden]), [hidden] { display: none !important; }
[part~="label"], [part~="note"] { font-size: 0.875em; opacity: var(--credits-balance-muted, 0.8); }
[part~="value"], [part~="placeholder"] { position: relative; font-weight: var(--credits-balance-weight, 600); }
[part~="skeleton"]:empty { display: inline-block; width: 4ch; height: 0.7em; border-radius: 0.2em;
  background: currentColor; opacity: 0.25; animation: pulse 2s ease-in-out infinite; }
:host([state="stale"]) [part~="value"], :host([state="error"]) [part~="placeholder"] {
  opacity: var(--credits-balance-muted, 0.8); font-weight: 400; }
:host([state="pending"]) [part~="value"]::after { content: ""; position: absolute; top: 0.1em; left: 100%;
  width: 0.3em; height: 0.3em; margin-left: 0.1em; border-radius: 50%; background: var(--credits-balance-accent, currentColor); }
[part~="retry"] { min-height: 24px; padding: 0 0.5em; border: 1px solid; border-radius: 0.35em; background: none;
  color: inherit; font: inherit; font-size: 0.875em; cursor: pointer; }
[part~="retry"]:focus-visible { outline: 2px solid; outline-offset: 2px; }
:host(:not([label])) [part~="label"], :host([hide-label]) [part~="label"], .quiet,
:host(:is([state="loading"], [state="pending"], [state="known"])) [part~="note"] {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); }
@keyframes pulse { 50% { opacity: 0.1; } }
@media (prefers-reduced-motion: reduce) { [part~="skeleton"] { animation: none !important; } }
`;

/** One sheet for all elements of a page. */
export function createSheet(): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  return sheet;
}

/** Fills an element's shadow. Everything in it is text in reading order: label, number, what makes it less than certain. */
export function buildShadow(host: HTMLElement, sheet: CSSStyleSheet): Shadow {
  const root = host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [sheet];
  const label = part('span', 'label');
  const value = part('span', 'value');
  const placeholder = part('span', 'placeholder');
  const blank = part('span', 'skeleton');
  blank.setAttribute('aria-hidden', 'true');
  const written = slotIn(placeholder, '');
  written.append(blank);
  const aside = part('span', 'note');
  const note = slotIn(aside, 'loading');
  const retry = part('button', 'retry');
  retry.type = 'button';
  slotIn(retry, 'retry').append('Try again');
  const status = part('span', 'status');
  status.className = 'quiet';
  status.setAttribute('role', 'status');
  root.append(label, value, placeholder, aside, retry, status);
  return { label, value, placeholder, written, blank, note, retry, status };
}

function part<Name extends 'span' | 'button'>(name: Name, as: string): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.setAttribute('part', as);
  return element;
}

function slotIn(parent: HTMLElement, name: string): HTMLSlotElement {
  const slot = document.createElement('slot');
  if (name !== '') slot.name = name;
  parent.append(slot);
  return slot;
}

/** The words that stand in a slot: the host's, otherwise ours. */
export function readSlot(slot: HTMLSlotElement): string {
  const given = slot.assignedNodes().map((node) => node.textContent ?? '');
  return (given.length > 0 ? given.join(' ') : (slot.textContent ?? '')).trim();
}
