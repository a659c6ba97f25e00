/** @module Names to choose from, for an input that takes any. */
import type { KnownProject } from "../../http/answers.ts";

export interface NamesListProps {
  readonly id: string;
  readonly identities: readonly string[];
  /** Also those, and everybody: for what can be sent. */
  readonly projects?: readonly KnownProject[];
}

export function NamesList({ id, identities, projects }: NamesListProps) {
  return (
    <datalist id={id}>
      {projects ? <option value="all">everybody</option> : <option value="me" />}
      {identities.map((identity) => (
        <option key={identity} value={identity} />
      ))}
      {projects?.map(({ project_id, name }) => (
        <option key={project_id} value={`project:${project_id}`}>
          {name}
        </option>
      ))}
    </datalist>
  );
}
