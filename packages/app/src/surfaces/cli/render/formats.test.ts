import { describe, expect, test } from "vitest";
import { bytes, count, counted, duration, money, percent, shortId, shortModel, tokens, when } from "./formats.ts";
import { sparkline } from "./sparkline.ts";

const NOW = Date.UTC(2026, 2, 10, 12);
const ago = (milliseconds: number) => new Date(NOW - milliseconds).toISOString();

describe("formats", () => {
  test.each([
    [tokens(999), "999"],
    [tokens(1000), "1.00k"],
    [tokens(12_345), "12.3k"],
    [tokens(999_900), "1.00M"],
    [tokens(123_456_789), "123M"],
    [count(1_234_567), "1,234,567"],
    [counted(1, "line"), "1 line"],
    [counted(0, "line"), "0 lines"],
    [counted(2048, "line was", "lines were"), "2,048 lines were"],
    [money(null), "unpriced"],
    [money(0), "$0"],
    [money(0.000_042), "$0.000042"],
    [money(1234.5), "$1,234.50"],
    [bytes(512), "512 B"],
    [bytes(1_500_000), "1.5 MB"],
    [duration(null), "–"],
    [duration(850), "850 ms"],
    [duration(4200), "4.2 s"],
    [duration(725_000), "12m 05s"],
    [duration(3 * 3_600_000), "3h 00m"],
    [duration(76 * 3_600_000), "3d 4h"],
    [percent(0, 0), "–"],
    [percent(1, 3), "33%"],
    [percent(1, 1000), "0.1%"],
    [when(ago(30_000), NOW, "UTC"), "just now"],
    [when(ago(90 * 60_000), NOW, "UTC"), "1h ago"],
    [when(ago(-60_000), NOW, "UTC"), "2026-03-10"],
    [when(ago(30 * 86_400_000), NOW, "UTC"), "2026-02-08"],
    [when(null, NOW, "UTC"), "undated"],
    [shortModel("claude-opus-4-5-20251101"), "opus-4-5"],
    [shortId("030df228-1b4b-482d-b343-0fc9c13a3d1a"), "030df228"],
    [shortId("030df228-1b4b-482d-b343-0fc9c13a3d1a.a1b2"), "030df228.a1b2"],
    [shortId("demo-session"), "demo-session"],
    [sparkline([0, 1, 4, 8]), " ▁▄█"],
    [sparkline([1, 2, 3], 2), "▆█"],
    [sparkline([]), ""],
  ])("%s", (made, expected) => {
    expect(made).toBe(expected);
  });
});
