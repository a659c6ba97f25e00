/** @module Lanternfish, a made-up catalogue of underwater photographs: depth tags, thumbnails, release notes, dead links. */
import { bash, bashFailing, edit, grep, readFile, skill, todos, writeFile } from "../tool-use.ts";
import { type Stage, type Story, title } from "./story.ts";

const cwd = "/home/mira/code/lanternfish";
const at = (path: string): string => `${cwd}/${path}`;

/** Every session of the project. */
export const lanternfish: Story = (stage) => [
  ...depthTag(stage),
  ...thumbnails(stage),
  ...deadLinks(stage),
  ...releaseNotes(stage),
];

function depthTag(stage: Stage) {
  const plan = { key: "depth", cwd, gitBranch: "depth-tag", version: "2.1.307", model: "claude-sonnet-4-6" };
  const session = stage.begin(plan, 14, 19, 44);
  const { transcript } = session;
  transcript.prompt(
    "Read the depth tag that dive housings write into EXIF and show it beside the date. Photos without it must not show 0 m.",
  );
  title(session, "Read the depth tag from EXIF");
  transcript.turn({
    thinking:
      "Depth is stored as a rational in GPSAltitude with GPSAltitudeRef = 1 for below sea level. Missing must stay None all the way to the view.",
    tools: [
      grep("GPSAltitude", at("src"), []),
      readFile(
        at("src/exif.rs"),
        "pub struct Tags {\n    pub taken: Option<DateTime>,\n    pub camera: Option<String>,\n}",
      ),
    ],
  });
  transcript.turn({
    say: "Housings write depth as `GPSAltitude` with reference 1 (below sea level). I will keep it an `Option` up to the view.",
    tools: [
      edit(at("src/exif.rs"), {
        line: 3,
        before: ["    pub taken: Option<DateTime>,", "    pub camera: Option<String>,"],
        old: [],
        new: ["    /// Metres below the surface.", "    pub depth: Option<f32>,"],
        after: ["}"],
      }),
      bashFailing(
        "cargo build",
        "Build",
        101,
        "error[E0063]: missing field `depth` in initializer of `Tags`\n  --> src/import.rs:58:13",
        14.2,
      ),
    ],
  });
  transcript.turn({
    tools: [
      edit(at("src/import.rs"), {
        line: 60,
        before: ["            camera: text(&exif, Tag::Model),"],
        old: [],
        new: ["            depth: below_surface(&exif),"],
        after: ["        }"],
      }),
      bash("cargo test", "Run the tests", "test result: ok. 41 passed; 0 failed; finished in 0.62s", 21.7),
      bash(
        'git commit -qam "Show the depth a photo was taken at" && git log --oneline -1',
        "Commit",
        "ad90e5f Show the depth a photo was taken at",
        0.2,
      ),
    ],
  });
  transcript.turn({
    say: "Depth is shown as `23.4 m` beside the date, and nothing at all where the tag is missing. Committed as `ad90e5f`.",
  });
  transcript.endTurn();
  return session.files();
}

function thumbnails(stage: Stage) {
  const plan = { key: "thumbnails", cwd, gitBranch: "fast-thumbnails", version: "2.1.318", model: "claude-opus-5-5" };
  const session = stage.begin(plan, 9, 20, 10);
  const { transcript } = session;
  transcript.prompt(
    "The thumbnail pass over 8,000 photos takes eleven minutes. I am waiting in front of it, so be quick yourself too.",
  );
  title(session, "Speed up the thumbnail pass");
  transcript.turn({
    fast: true,
    tools: [
      bash(
        "cargo run --release -- thumbs --profile samples/",
        "Profile the pass on the samples",
        "decode   71 %\nresize   22 %\nencode    6 %\nwrite     1 %",
        38.5,
      ),
      todos([
        ["doing", "Decode at reduced size"],
        ["open", "All cores"],
        ["open", "Compare the pictures"],
      ]),
    ],
  });
  transcript.turn({
    fast: true,
    say: "71 % is decoding at full size. JPEG can be decoded at an eighth directly, which is still larger than a thumbnail.",
    tools: [
      edit(at("src/thumbs.rs"), {
        line: 27,
        before: ["    let mut decoder = Decoder::new(reader);"],
        old: ["    let picture = decoder.decode()?;"],
        new: ["    decoder.scale(WIDTH * 2, WIDTH * 2)?;", "    let picture = decoder.decode()?;"],
      }),
      bash(
        "cargo run --release -- thumbs --profile samples/",
        "Profile again",
        "decode   19 %\nresize   31 %\nencode   44 %\nwrite     6 %\n5.6 times faster",
        8.9,
      ),
    ],
  });
  transcript.endTurn();
  transcript.pause(11);
  transcript.prompt("Very good. Now use all cores, no hurry any more.");
  transcript.turn({
    model: "claude-sonnet-5-5",
    tools: [
      edit(at("src/thumbs.rs"), {
        line: 12,
        old: ["    for photo in photos {"],
        new: ["    photos.par_iter().for_each(|photo| {"],
      }),
      bash(
        "cargo run --release -- thumbs --profile samples/ && cargo run -- compare",
        "Profile, and compare the pictures",
        "19.8 times faster than before\n600 pictures compared, largest difference 2 of 255",
        9.1,
      ),
      bash(
        'git commit -qam "Decode thumbnails at reduced size, on all cores" && git log --oneline -1',
        "Commit",
        "5b0cd18 Decode thumbnails at reduced size, on all cores",
        0.2,
      ),
    ],
  });
  transcript.turn({
    model: "claude-sonnet-5-5",
    say: "Eleven minutes are 33 seconds now, and no pixel differs by more than 2 of 255. Committed as `5b0cd18`.",
  });
  transcript.endTurn();
  return session.files();
}

function deadLinks(stage: Stage) {
  const plan = {
    key: "links",
    cwd,
    gitBranch: "main",
    version: "2.1.325",
    model: "claude-haiku-4-5",
    entrypoint: "sdk-cli" as const,
  };
  const session = stage.begin(plan, 3, 2, 0);
  const { transcript } = session;
  transcript.prompt("Check all links in docs/ and list those that are dead.");
  title(session, "Nightly check for dead links");
  transcript.turn({
    tools: [
      bash(
        "node scripts/links.mjs docs",
        "Check the links",
        "214 links, 2 dead:\ndocs/housings.md:31 https://housings.example/old\ndocs/import.md:8 #exif-tags",
        48.3,
      ),
    ],
  });
  transcript.apiError("Internal server error", 500, 6);
  return session.files();
}

function releaseNotes(stage: Stage) {
  const plan = { key: "notes", cwd, gitBranch: "main", version: "2.1.328", model: "claude-haiku-5-5" };
  const session = stage.begin(plan, 1, 16, 25);
  const { transcript } = session;
  transcript.prompt("Write the release notes for 0.4 from the commits since 0.3. Plain words, no exclamation marks.");
  title(session, "Release notes for 0.4");
  transcript.turn({
    tools: [
      skill("release-notes"),
      bash(
        "git log --oneline v0.3..",
        "List the commits",
        "5b0cd18 Decode thumbnails at reduced size, on all cores\nad90e5f Show the depth a photo was taken at",
        0.1,
      ),
    ],
  });
  transcript.turn({
    tools: [
      writeFile(
        at("docs/releases/0.4.md"),
        "# 0.4\n\n- Photos show the depth they were taken at, where the housing recorded it.\n- Thumbnails are made twenty times faster.\n",
      ),
    ],
  });
  transcript.turn({
    say: "The notes are in `docs/releases/0.4.md`: two points, one for what is new and one for what is faster.",
  });
  transcript.endTurn();
  return session.files();
}
