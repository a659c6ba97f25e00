import { describe, expect, test } from "vitest";
import { listParameters, logsHref, logsParameters, logsView } from "./logs-url.ts";
import { fieldOf, momentOf, momentOfField } from "./period.ts";

const NOW = Date.UTC(2026, 2, 10, 12);

describe("the address", () => {
  test("holds words, values of each facet, and the opened line", () => {
    const view = logsView("?q=out+of+stock&level=error&level=warn&service=a%2Cb&service=&event=e1");
    expect(view.q).toBe("out of stock");
    expect(view.choices).toEqual({ level: ["error", "warn"], service: ["a,b", ""], logger: [], joined: [] });
    expect(view.event).toBe("e1");
    expect(view.isFiltered).toBe(true);
  });

  test("the uncorrelated lines are a place to look, not a filter", () => {
    const view = logsView("?joined=none");
    expect([view.isUncorrelated, view.isFiltered]).toEqual([true, false]);
    expect(logsView("?joined=none&joined=id").isUncorrelated).toBe(false);
    expect(logsView("?joined=none&level=warn").isFiltered).toBe(true);
  });

  test("a value with a comma is one value to the server as well", () => {
    expect(listParameters({ service: ["a,b"], level: ["warn", "error"], logger: ["x"] })).toEqual({
      service: ["a,b", "a,b"],
      level: ["warn", "error"],
      logger: ["x"],
    });
  });

  test("a link to lines leaves out what it does not name", () => {
    expect(logsHref({ session: "s 1", trace: null, event: "e" })).toBe("/logs?session=s+1&event=e");
  });
});

describe("the period", () => {
  test("a length of time reaches to now", () => {
    expect(logsParameters(logsView("?since=15m"), NOW).since).toBe("2026-03-10T11:45:00.000Z");
    expect(momentOf("7d", NOW)).toBe(NOW - 7 * 86_400_000);
  });

  test("what is no time asks for none", () => {
    expect(logsParameters(logsView("?since=soon&until=2026-03-10T11:00:00Z"), NOW)).toMatchObject({
      since: "",
      until: "2026-03-10T11:00:00.000Z",
    });
  });

  test("a field's local time and the address's moment are the same moment", () => {
    const moment = momentOfField("2026-03-10T11:30");
    expect(fieldOf(moment)).toBe("2026-03-10T11:30");
    expect([fieldOf(""), fieldOf("15m"), momentOfField("")]).toEqual(["", "", ""]);
  });
});
