/** @module The process in which a user's SELECT runs; sql-console.ts starts and ends it. */
import { openReader } from "./reader.ts";
import { runStatement, type SqlRequest, type SqlResult } from "./sql-statement.ts";

process.once("message", (message) => {
  const request = message as SqlRequest;
  let result: SqlResult;
  try {
    const db = openReader(request.path);
    result = runStatement(db, request);
    db.close();
  } catch (error) {
    result = { error: (error as Error).message };
  }
  process.send?.(result, () => process.disconnect());
});
