// Talks to the API of this same server.

async function read(answer) {
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Error(body.error || `the panel answered ${answer.status}`);
  }
  return body;
}

export async function get(path) {
  return read(await fetch(path));
}

export async function post(path, body) {
  return read(await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }));
}

export async function remove(path) {
  return read(await fetch(path, { method: "DELETE" }));
}

// A picture as a bitmap or as an address for <img>; null when it is gone by now.
export async function picture(path) {
  const answer = await fetch(path);
  return answer.ok ? answer.blob() : null;
}

// One thing after the other, in the order in which they were asked for.
export function queue() {
  let last = Promise.resolve();
  return (task) => {
    last = last.then(task, task);
    return last;
  };
}

// Runs `task` at once; what is asked for while it runs makes it run once more, not once for each.
export function latest(task) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      do {
        again = false;
        await task();
      } while (again);
    } finally {
      running = false;
    }
  };
}
