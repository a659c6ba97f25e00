/** @module What every writing module shares within the one writer: connection, stamps, prices, and the sessions it has met. */
import type { Clock } from "../base/clock.ts";
import type { IdentityResolver, PlaceResolver } from "../model/place.ts";
import type { SessionTyper } from "../model/session-type.ts";
import type { Pricer } from "../model/usage.ts";
import type { Database } from "./db.ts";
import type { DeviceStream } from "./device.ts";
import type { EventIds } from "./event-ids.ts";

/** A session as the writer remembers it, so that no event needs a look-up. */
export interface KnownSession {
  readonly sessionId: string;
  rootSessionId: string;
  /** "unknown" until something of its own has been read. */
  agent: string;
  workspaceId: string;
  identityId: string;
  /** A record of its own has said where it ran; until then the place is a guess. */
  placed: boolean;
  /** It was a hook that said so: the transcript's word goes over it. */
  placedLive: boolean;
  /** Identity that its surroundings gave it. */
  givenIdentity: string | null;
  /** Place and title are the usage scan's. */
  guessed: boolean;
  writtenAt: number | null;
  /** What its last record said of it. */
  said: string;
}

export interface WriteContext {
  readonly db: Database;
  readonly clock: Clock;
  readonly device: DeviceStream;
  readonly ids: EventIds;
  readonly place: PlaceResolver;
  readonly identify: IdentityResolver;
  readonly price: Pricer;
  /** Undefined: sessions are given no type. */
  readonly sessionTypes?: SessionTyper | undefined;
  readonly sessions: Map<string, KnownSession>;
  /** Sessions whose aggregates this transaction has to compute again. */
  readonly touched: Set<string>;
  /** Text for the full-text index, inserted in id order at the end of the transaction. */
  readonly texts: { id: number; text: string }[];
  readonly counts: { events: number; responses: number; problems: number };
}
