// Prints one JSON line for each test, for the Go test that shows them as its own.
export default async function* report(source) {
  const path = []; // the names of the suites around what runs
  for await (const { type, data } of source) {
    if (type === "test:start") path.splice(data.nesting, Infinity, data.name);
    if (type === "test:stdout" || type === "test:stderr") yield line({ said: data.message });
    if (type !== "test:pass" && type !== "test:fail") continue;
    const failed = type === "test:fail";
    // A suite says nothing that its tests don't, unless it fails by itself.
    if (data.details?.type === "suite" && (!failed || data.details.error?.failureType === "subtestsFailed")) continue;
    yield line({
      name: [...path.slice(0, data.nesting), data.name].join("/"),
      passed: !failed,
      skipped: data.skip === undefined ? undefined : String(data.skip),
      seconds: data.details.duration_ms / 1000,
      error: failed ? diagnosis(data.details.error) : undefined,
    });
  }
}

// The runner's own error says only that a test failed; its cause says why.
function diagnosis(error) {
  const cause = error?.cause ?? error;
  return cause?.stack ?? String(cause);
}

const line = (value) => `${JSON.stringify(value)}\n`;
