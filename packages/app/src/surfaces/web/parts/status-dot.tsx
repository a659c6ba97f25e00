/** @module A session's status as a dot that also says its name. */
import type { SessionStatus } from "../../../model/answers.ts";

export function StatusDot({ status }: { readonly status: SessionStatus }) {
  return <span class="dot" data-status={status} role="img" aria-label={status} title={status} />;
}
