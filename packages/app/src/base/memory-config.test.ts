import { expect, test } from "vitest";
import { checkConfig } from "./config.ts";

test("memory: what has a path counts, what is wrong is named", () => {
  const { config, problems } = checkConfig({
    memory: [
      "~/notes",
      { path: "/srv/book", project: "web" },
      "notes",
      { path: 5 },
      7,
      { path: "/a", colour: 1, project: "" },
    ],
  });
  expect(config.memory).toEqual([{ path: "~/notes" }, { path: "/srv/book", project: "web" }, { path: "/a" }]);
  expect(problems).toEqual([
    "memory[2].path is an absolute path",
    "memory[3].path is an absolute path",
    "memory[4] is no path and no {path, project}",
    "memory[5].colour is no setting",
    "memory[5].project is a text of one line",
  ]);
  expect(checkConfig({ memory: "x" })).toMatchObject({ config: { memory: [] }, problems: [expect.any(String)] });
  expect(checkConfig({ memory: null }).problems).toEqual([]);
});
