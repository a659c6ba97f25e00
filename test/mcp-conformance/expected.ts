/** @module What the conformance suite, in the release that scripts/test-mcp.mjs names, has to find. */

export const VERSIONS = ["2025-06-18", "2025-11-25", "2026-07-28"] as const;
export type Version = (typeof VERSIONS)[number];

export interface Figures {
  readonly scenarios: number;
  /** Checks that pass where everything is there that the suite asks for by name: all of them. */
  readonly passed: number;
  /** Checks that pass against Clew's own tools, prompts and resources. */
  readonly passedByDaemon: number;
}

export const FIGURES: Readonly<Record<Version, Figures>> = {
  "2025-06-18": { scenarios: 27, passed: 56, passedByDaemon: 38 },
  "2025-11-25": { scenarios: 33, passed: 84, passedByDaemon: 48 },
  "2026-07-28": { scenarios: 40, passed: 152, passedByDaemon: 95 },
};

/** Checks that cannot pass against the daemon, in every version: the suite calls something by a name that only its example server has. */
const ALWAYS = [
  "completion-complete completion-complete",
  "prompts-get-embedded-resource prompts-get-embedded-resource",
  "prompts-get-simple prompts-get-simple",
  "prompts-get-with-args prompts-get-with-args",
  "prompts-get-with-image prompts-get-with-image",
  "resources-read-binary resources-read-binary",
  "resources-read-text resources-read-text",
  "resources-templates-read resources-templates-read",
  "tools-call-audio tools-call-audio",
  "tools-call-embedded-resource tools-call-embedded-resource",
  "tools-call-error tools-call-error",
  "tools-call-image tools-call-image",
  "tools-call-mixed-content tools-call-mixed-content",
  "tools-call-simple-text tools-call-simple-text",
  "tools-call-with-progress tools-call-with-progress",
];
/** Of what 2026-07-28 took away. */
const UNTIL_2025 = [
  "tools-call-elicitation tools-call-elicitation",
  "tools-call-sampling tools-call-sampling",
  "tools-call-with-logging tools-call-with-logging",
];

export const EXCUSES: Readonly<Record<Version, readonly string[]>> = {
  "2025-06-18": [...ALWAYS, ...UNTIL_2025],
  "2025-11-25": [
    ...ALWAYS,
    ...UNTIL_2025,
    "elicitation-sep1034-defaults elicitation-sep1034-general",
    "elicitation-sep1330-enums elicitation-sep1330-general",
    "json-schema-2020-12 json-schema-2020-12-tool-found",
  ],
  "2026-07-28": [
    ...ALWAYS,
    "http-custom-header-server-validation sep-2243-server-decode-base64",
    "http-custom-header-server-validation sep-2243-server-no-xmcp-tool",
    "http-custom-header-server-validation sep-2243-server-reject-invalid-param-chars",
    "http-custom-header-server-validation sep-2243-server-reject-param-mismatch",
    "http-custom-header-server-validation sep-2243-server-validate-param-match",
    "input-required-result-basic-elicitation sep-2322-elicitation-incomplete",
    "input-required-result-basic-list-roots sep-2322-list-roots-incomplete",
    "input-required-result-basic-sampling sep-2322-sampling-incomplete",
    "input-required-result-capability-check sep-2322-respect-client-capabilities",
    "input-required-result-multi-round sep-2322-multi-round-r1",
    "input-required-result-multiple-input-requests sep-2322-multiple-inputs-incomplete",
    "input-required-result-non-tool-request sep-2322-non-tool-incomplete",
    "input-required-result-request-state sep-2322-request-state-incomplete",
    "input-required-result-result-type sep-2322-result-type-included",
    "input-required-result-tampered-state sep-2322-reject-tampered-state",
    "json-schema-2020-12 json-schema-2020-12-tool-found",
    "server-stateless sep-2575-http-server-no-independent-requests-on-stream",
    "server-stateless sep-2575-missing-capability-http-400",
    "server-stateless sep-2575-server-no-log-without-loglevel",
    "server-stateless sep-2575-server-rejects-undeclared-capability",
  ],
};

/** What is neither passed nor failed by the daemon: recommendations for tools that are missing, and lists that never change. */
export const UNDECIDED: Readonly<Record<Version, readonly string[]>> = {
  "2025-06-18": [],
  "2025-11-25": ["server-sse-polling server-sse-disconnect-resume"],
  "2026-07-28": [
    "input-required-result-ignore-extra-params sep-2322-ignore-unexpected-params",
    "input-required-result-missing-input-response sep-2322-missing-response-rerequests",
    "server-stateless sep-2575-server-sends-prompts-list-changed-on-subscription",
    "server-stateless sep-2575-server-sends-tools-list-changed-on-subscription",
  ],
};
