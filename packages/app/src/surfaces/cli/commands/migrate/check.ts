/** @module `clew migrate check`: exactly how the files and the store differ; exit code 1 when they do. */
import type { MigrationCheck } from "../../../../model/import-answers.ts";
import type { Invocation } from "../../command.ts";
import type { CliContext } from "../../context.ts";
import { count } from "../../render/formats.ts";
import { dim } from "../../render/piece.ts";
import { givenMigration } from "./given.ts";

export async function checkCommand(invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const migration = await givenMigration(invocation);
  const { checkMigration } = await import("../../../../ingest/imports/migration/check.ts");
  const answer = checkMigration(context.env, migration);
  if (flags.json) context.out.json(answer);
  else printCheck(answer, context);
  return answer.consistent ? 0 : 1;
}

/** A line for everything that differs. */
export function printCheck(answer: MigrationCheck, { out }: CliContext): void {
  for (const { file, session_id, fields } of answer.differing) {
    out.line(file, dim(`  session ${session_id}`));
    for (const field of fields)
      out.line(
        `  ${field.field}: `,
        `${shown(field.field, field.file)} in the file, ${shown(field.field, field.store)} in the store`,
      );
  }
  for (const { file, session_id } of answer.missing_in_store)
    out.line(file, `: the store has no session ${session_id}`);
  for (const { file, session_id } of answer.missing_in_files)
    out.line(file, `: is not there; the store has session ${session_id}`);
  for (const { file, problem, kept } of answer.unreadable)
    out.line(file, `: ${problem}`, dim(kept ? "  (its bytes are kept)" : "  (not in the store)"));
  const different = answer.differing.length + answer.missing_in_store.length + answer.missing_in_files.length;
  out.line(
    answer.consistent
      ? `${count(answer.files)} files and ${count(answer.sessions)} sessions: files and store say the same.`
      : `${count(answer.files)} files and ${count(answer.sessions)} sessions: ${count(different)} differ.`,
  );
}

/** A time is shown as one, and nothing as nothing. */
function shown(field: string, value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "number" && field.endsWith("_at")) return new Date(value).toISOString();
  return typeof value === "string" ? value : JSON.stringify(value);
}
