// Where decisions are kept: in this browser, or at the review server. Both offer the same few functions:
// all() -> Map by finding, decide(finding, wish) -> decision, undo() -> ids of findings or null,
// take(text) -> {taken, older, unknown}, give() -> text. What fails throws an Error with a line for the reader.
const kept = (() => {
  const VERSION = 1;
  const HISTORY = 500; // changes that can be undone

  // A page in a file. `embedded` are the decisions that were known when the page was made. `onForgetful` is
  // called once where the browser keeps nothing, and all is forgotten when the page is closed.
  const inBrowser = (story, findings, embedded, onForgetful) => {
    const key = `storycheck:${story}`;
    const known = new Map(findings.map((finding) => [finding.id, finding]));
    let memory = null;

    const forgetful = () => {
      if (memory === null) onForgetful();
    };
    const read = () => {
      let text = memory;
      if (text === null) {
        try {
          text = localStorage.getItem(key);
        } catch {
          forgetful();
          memory = "";
        }
      }
      if (!text) return { decisions: [], history: [] };
      try {
        const decisions = rules.parsed(text, story);
        return { decisions, history: JSON.parse(text).history ?? [] };
      } catch {
        // Somebody else wrote there. What it was is put aside, not overwritten.
        try {
          if (memory === null) localStorage.setItem(`${key}:damaged`, text);
        } catch {
          forgetful();
          memory = "";
        }
        return { decisions: [], history: [] };
      }
    };
    const write = (decisions, history) => {
      const text = JSON.stringify({
        schema_version: VERSION,
        story,
        decisions: [...decisions.values()],
        history: history.slice(-HISTORY),
      });
      if (memory === null) {
        try {
          localStorage.setItem(key, text);
          return;
        } catch {
          forgetful();
        }
      }
      memory = text;
    };
    const held = (stored) => rules.newest(stored.decisions, embedded);
    // Later than what it replaces, even where a clock goes wrong.
    const now = (before) => new Date(Math.max(Date.now(), before ? Date.parse(before.decided_at) + 1 : 0)).toISOString();

    return {
      isFleeting: () => memory !== null,
      all: async () => held(read()),
      decide: async (finding, wish) => {
        const stored = read();
        const decisions = held(stored);
        const before = decisions.get(finding.id) ?? null;
        const { id, kind, relation, sides } = finding;
        const decision = { finding_id: id, ...wish, decided_at: now(before), kind, relation, sides };
        decisions.set(id, decision);
        write(decisions, [...stored.history, [{ finding_id: id, before }]]);
        return decision;
      },
      undo: async () => {
        const stored = read();
        const last = stored.history.pop();
        if (!last) return null;
        const decisions = held(stored);
        for (const { finding_id: id, before } of last) {
          const current = decisions.get(id);
          const blank = { ...current, ruling: null, reason: null, note: "" };
          // Undoing is a decision, too: an older copy elsewhere must not come back over it.
          if (current) decisions.set(id, { ...(before ?? blank), decided_at: now(current) });
        }
        write(decisions, stored.history);
        return last.map((one) => one.finding_id);
      },
      take: async (text) => {
        const found = rules.parsed(text, story);
        const stored = read();
        const before = held(stored);
        const after = rules.newest([...before.values()], found);
        const changed = [...after].filter(([id, decision]) => before.get(id) !== decision).map(([id]) => id);
        const change = changed.map((id) => ({ finding_id: id, before: before.get(id) ?? null }));
        write(after, change.length ? [...stored.history, change] : stored.history);
        const unknown = changed.filter((id) => !known.has(id)).length;
        return { taken: changed.length - unknown, older: found.length - changed.length, unknown };
      },
      give: async () => {
        const decisions = [...held(read()).values()];
        return `${JSON.stringify({ schema_version: VERSION, story, decisions }, null, 2)}\n`;
      },
      // Another window may show the same page.
      onChange: (listener) => addEventListener("storage", (event) => event.key === key && listener()),
    };
  };

  // A page of `storycheck review`.
  const atServer = () => {
    const ask = async (path, method = "GET", body = undefined) => {
      let answer;
      try {
        const headers = method === "GET" ? {} : { "Content-Type": "application/json" };
        answer = await fetch(path, { method, body, headers, cache: "no-store" });
      } catch {
        throw new Error("the review server does not answer; is storycheck review still running?");
      }
      if (answer.ok) return answer;
      const told = await answer.json().catch(() => null);
      const error = new Error(told?.error || `the review server answered ${answer.status}`);
      error.status = answer.status;
      throw error;
    };
    return {
      isFleeting: () => false,
      all: async () => rules.newest((await (await ask("decisions")).json()).decisions),
      decide: async (finding, wish) =>
        (await ask(`decisions/${encodeURIComponent(finding.id)}`, "PUT", JSON.stringify(wish))).json(),
      undo: async () => {
        try {
          const undone = await (await ask("undo", "POST", "{}")).json();
          return (undone.changed ?? [undone]).map((one) => one.finding_id);
        } catch (error) {
          if (error.status === 409) return null;
          throw error;
        }
      },
      take: async (text) => (await ask("import", "POST", text)).json(),
      give: async () => (await ask("export")).text(),
      onChange: (listener) => addEventListener("focus", listener),
    };
  };

  return { inBrowser, atServer };
})();
