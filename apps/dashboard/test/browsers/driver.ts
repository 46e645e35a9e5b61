/** A browser as the scenarios see it: every browser can do this much. */
export interface BrowserDriver {
  newTab(): Promise<Tab>;
  close(): Promise<void>;
}

export interface Tab {
  goto(url: string): Promise<void>;
  /** What an expression is in the page. It must not be a promise. */
  read(expression: string): Promise<unknown>;
  /** As a person does: with a pointer, and on the keyboard. */
  click(selector: string): Promise<void>;
  type(selector: string, text: string): Promise<void>;
  close(): Promise<void>;
}
