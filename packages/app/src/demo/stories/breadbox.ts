/** @module Breadbox, a made-up bakery's order service: sacks of flour, an invoice job, loyalty stamps, cents. */
import { bash, bashFailing, denied, edit, grep, mcp, readFile, webSearch, writeFile } from "../tool-use.ts";
import { type Stage, type Story, title } from "./story.ts";

const cwd = "/home/mira/code/breadbox";
const at = (path: string): string => `${cwd}/${path}`;

/** Every session of the project. */
export const breadbox: Story = (stage) => [
  ...flourSacks(stage),
  ...invoiceJob(stage),
  ...loyaltyStamps(stage),
  ...integerCents(stage),
];

function flourSacks(stage: Stage) {
  const plan = { key: "flour", cwd, gitBranch: "main", version: "2.1.298", model: "claude-haiku-5-5" };
  const session = stage.begin(plan, 18, 6, 20);
  const { transcript } = session;
  transcript.prompt(
    "The flour order says 7.4 sacks. Round it up to whole sacks, but not when we already have half a sack in stock.",
  );
  title(session, "Round the flour order to whole sacks");
  transcript.turn({
    tools: [
      readFile(
        at("breadbox/flour.py"),
        "def sacks_needed(kilos: float, stock: float) -> float:\n    return (kilos - stock) / SACK_KILOS",
      ),
    ],
  });
  transcript.turn({
    tools: [
      edit(at("breadbox/flour.py"), {
        line: 1,
        old: ["def sacks_needed(kilos: float, stock: float) -> float:", "    return (kilos - stock) / SACK_KILOS"],
        new: [
          "def sacks_needed(kilos: float, stock: float) -> int:",
          "    missing = max(kilos - stock, 0)",
          "    return math.ceil(missing / SACK_KILOS)",
        ],
      }),
      bash("pytest -q tests/test_flour.py", "Run the flour tests", "6 passed in 0.08s", 1.1),
      bash(
        'git commit -qam "Order flour in whole sacks" && git log --oneline -1',
        "Commit",
        "c2a7741 Order flour in whole sacks",
        0.2,
      ),
    ],
  });
  transcript.turn({
    say: "Done: 7.4 becomes 8, and what is in stock is taken off before rounding, so half a sack on the shelf can save one.",
  });
  transcript.endTurn();
  return session.files();
}

function invoiceJob(stage: Stage) {
  const plan = { key: "invoices", cwd, gitBranch: "main", version: "2.1.315", model: "claude-sonnet-5-5" };
  const session = stage.begin(plan, 11, 15, 2);
  const { transcript } = session;
  transcript.prompt(
    "Explain the nightly invoice job to me. Why does it take forty minutes, and what happens if it is killed half way?",
  );
  title(session, "Explain the nightly invoice job");
  transcript.turn({
    tools: [
      readFile(
        at("breadbox/invoices.py"),
        "def run(day):\n    for customer in customers():\n        rows = orders_of(customer, day)\n        pdf = render(rows)\n        mail(customer, pdf)\n        mark_invoiced(rows)",
      ),
      mcp(
        "postgres",
        "query",
        { sql: "EXPLAIN SELECT * FROM orders WHERE customer_id = 7 AND day = now()::date" },
        "Seq Scan on orders  (cost=0.00..41812.00 rows=9)",
      ),
    ],
  });
  transcript.turn({
    thinking:
      "Two separate answers: the sequential scan per customer explains the time; the order of mail and mark explains the danger. I should check whether the mail provider deduplicates.",
    tools: [
      webSearch(
        "mail API idempotency key duplicate invoices",
        "Most providers accept an Idempotency-Key header and drop a second message with the same key for 24 hours.",
      ),
    ],
  });
  transcript.turn({
    say: "**Why it is slow.** For each of 1,900 customers it reads the whole `orders` table, because there is no index on `(customer_id, day)`. That alone is about 38 of the 40 minutes.\n\n**If it is killed half way.** A customer whose invoice was mailed but not yet marked gets it again on the next run. Nobody is left out. An idempotency key made of customer and day would stop the second mail.\n\nI changed nothing. The index is one line; shall I add it?",
  });
  transcript.endTurn();
  transcript.pause(6);
  transcript.prompt("Not today. Thanks, that is what I needed to know.");
  transcript.turn({
    say: "Then here is the line for later: `CREATE INDEX CONCURRENTLY orders_by_customer_day ON orders (customer_id, day);`",
  });
  transcript.endTurn();
  return session.files();
}

function loyaltyStamps(stage: Stage) {
  const plan = { key: "stamps", cwd, gitBranch: "double-stamp", version: "2.1.320", model: "claude-opus-5-5" };
  const session = stage.begin(plan, 7, 10, 31);
  const { transcript } = session;
  transcript.prompt("Some customers get two loyalty stamps for one loaf. Reproduce it first.");
  title(session, "Fix the double loyalty stamp");
  transcript.apiError("Overloaded", 529, 3);
  transcript.pause(4);
  transcript.prompt("Try again, please.");
  transcript.turn({
    thinking:
      "Two stamps for one loaf: a retry of the till's request, or the stamp being given both when the order is placed and when it is paid. The log will tell which.",
    tools: [
      grep("give_stamp", at("breadbox"), [
        "breadbox/orders.py:71:    give_stamp(order.customer)",
        "breadbox/till.py:40:        give_stamp(customer)",
      ]),
      bashFailing(
        "python -m breadbox.replay logs/till-tuesday.jsonl",
        "Replay Tuesday's till log",
        1,
        "ConnectionRefusedError: [Errno 111] redis:6379",
        2.4,
      ),
      denied("Bash", { command: "sudo systemctl restart redis", description: "Restart Redis" }),
    ],
  });
  transcript.interrupt();
  transcript.pause(2);
  transcript.prompt("Do not touch the system's Redis. Use the in-memory queue for the replay.");
  transcript.turn({
    tools: [
      bash(
        "BREADBOX_QUEUE=memory python -m breadbox.replay logs/till-tuesday.jsonl",
        "Replay with the in-memory queue",
        "412 orders, 438 stamps\n26 orders with two stamps, all of them paid by card",
        5.2,
      ),
    ],
  });
  transcript.turn({
    say: "Reproduced: 26 of 412 orders, every one paid by card. The till stamps when the card is accepted, and the order stamps again when it is placed. Stamping only where the order is placed covers cash and card.",
    tools: [
      edit(at("breadbox/till.py"), {
        line: 39,
        before: ["    if payment.accepted:"],
        old: ["        give_stamp(customer)"],
        new: ["        orders.place(customer, basket)"],
      }),
      bash(
        "BREADBOX_QUEUE=memory python -m breadbox.replay logs/till-tuesday.jsonl",
        "Replay again",
        "412 orders, 412 stamps",
        5.0,
      ),
      bash(
        'git commit -qam "Stamp once, when the order is placed" && git log --oneline -1',
        "Commit",
        "07f3be2 Stamp once, when the order is placed",
        0.2,
      ),
    ],
  });
  transcript.turn({ say: "412 orders, 412 stamps. Committed as `07f3be2`." });
  transcript.endTurn();
  return session.files();
}

function integerCents(stage: Stage) {
  const plan = { key: "cents", cwd, gitBranch: "integer-cents", version: "2.1.327", model: "claude-quartz-1-preview" };
  const session = stage.begin(plan, 2, 11, 15);
  const { transcript, delegate } = session;
  transcript.prompt(
    "Move all prices from floats to integer cents. Let a helper find every place first, then go file by file.",
  );
  title(session, "Prices in integer cents");
  transcript.turn({
    tools: [
      delegate({
        type: "Explore",
        description: "Find every price",
        prompt: "List every place where a price is stored, added, multiplied or printed. Say which are tests.",
        work: ({ transcript: helper }) => {
          helper.turn({
            tools: [
              grep("price|total", at("breadbox"), [
                "breadbox/orders.py:12:    price: float",
                "breadbox/orders.py:58:    total = sum(i.price * i.count for i in items)",
                'breadbox/receipts.py:22:    f"{total:.2f}"',
                "breadbox/invoices.py:31:    round(total * 1.07, 2)",
              ]),
              bash("grep -rn 'approx(' tests | wc -l", "Count approximate assertions", "17", 0.1),
            ],
          });
        },
        report:
          "Four places: orders.py:12 and :58, receipts.py:22, invoices.py:31. Seventeen tests compare with approx(), which the change makes unnecessary.",
      }),
    ],
  });
  transcript.turn({
    say: "Four places and seventeen tests. I start with the type, so that everything else fails loudly.",
    tools: [
      writeFile(
        at("breadbox/money.py"),
        'class Cents(int):\n    def __str__(self) -> str:\n        return f"{self // 100}.{self % 100:02d}"\n',
      ),
      edit(at("breadbox/orders.py"), {
        line: 12,
        before: ["class Item:"],
        old: ["    price: float"],
        new: ["    price: Cents"],
      }),
      edit(at("breadbox/invoices.py"), {
        line: 31,
        old: ["    round(total * 1.07, 2)"],
        new: ["    Cents((total * 107 + 50) // 100)"],
      }),
      bash("pytest -q", "Run all tests", "143 passed in 3.71s", 5.3),
    ],
  });
  transcript.turn({
    say: "All prices are integer cents. One invoice in the fixtures changes by a cent: 10.275 was printed as 10.27 and is 10.28 now, which is what the tax office expects.",
  });
  transcript.endTurn();
  return session.files();
}
