/** @module The text that Clew gave the session at its start, whole and as text, and why each part stood in it. */
import type { InjectedContextRow } from "../../../http/answers.ts";
import { absolute, ago, count, plural } from "../../state/format.ts";
import { TextBox } from "../text-box.tsx";
import { Panel, PanelTable } from "./panel.tsx";

export function InjectedPanel({ injected }: { readonly injected: readonly InjectedContextRow[] }) {
  return (
    <Panel title="Context given at start" note="from Clew to the agent, not the user's words">
      {injected.map((context) => (
        <div class="panel-body" key={context.event_id}>
          <p class="faint" title={absolute(context.ts)}>
            {ago(context.ts)} · {count(context.text.length)} characters
          </p>
          <TextBox text={context.text} label="context given by Clew" />
          {context.items.length > 0 ? (
            <details class="patch">
              <summary>{plural(context.items.length, "item")}, and why</summary>
              <PanelTable label="items" heads={["Item", "Given", "Why", "Age"]}>
                {context.items.map((item, index) => (
                  <tr key={index}>
                    <th scope="row">{word(item.kind)}</th>
                    <td>{item.included === true ? "yes" : item.included === false ? "no" : "–"}</td>
                    <td>{word(item.reason)}</td>
                    <td>{word(item.age)}</td>
                  </tr>
                ))}
              </PanelTable>
            </details>
          ) : null}
        </div>
      ))}
    </Panel>
  );
}

/** Foreign JSON: a text or a number is shown, anything else is not. */
function word(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value).replaceAll("_", " ") : "–";
}
