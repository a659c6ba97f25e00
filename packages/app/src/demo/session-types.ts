/** @module The rules by which the made-up person tells their sessions apart, as they stand in `session-types.yaml`. */

export const DEMO_SESSION_TYPES = `# What the sessions of this made-up workspace are called.
- type: debugging
  paths: [src/tide/curve, breadbox/till]
- type: interface
  paths: [storm-banner, src/thumbs]
- type: money
  paths: [invoices.py, money.py]
`;
