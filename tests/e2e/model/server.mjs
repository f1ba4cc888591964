import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const AGENTS = path.resolve(import.meta.dirname, '../../../agents');

/** What agents are shown as examples is what this model answers: so whatever the examples teach is proven to run. */
function example(agent) {
  const text = readFileSync(path.join(AGENTS, agent, 'examples', 'lunch.md'), 'utf8');
  return text.slice(text.indexOf('=== file:'));
}

/** Gives the answer to a request by who the model is told to be. */
function answer(request, plan) {
  const system = request.systemInstruction.parts.map(({ text }) => text).join('');
  if (system.startsWith('You plan')) return JSON.stringify(plan);
  return example(system.startsWith('You extend the API') ? 'backend' : 'frontend');
}

function piece(text, finishReason) {
  const candidate = { content: { role: 'model', parts: [{ text }] }, ...(finishReason && { finishReason }) };
  const usageMetadata = { promptTokenCount: 1000, candidatesTokenCount: 500, totalTokenCount: 1500 };
  return `data: ${JSON.stringify({ candidates: [candidate], usageMetadata, modelVersion: 'gemini-3.8-flash' })}\r\n\r\n`;
}

/** Runs an action beside a Gemini server on localhost that takes this key and gives this plan. */
export async function withModel({ key, plan }, action) {
  const asked = [];
  const server = createServer(async (request, response) => {
    if (request.headers['x-goog-api-key'] !== key || !request.url.endsWith(':streamGenerateContent?alt=sse')) {
      response.writeHead(404).end();
      return;
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = answer(JSON.parse(Buffer.concat(chunks).toString('utf8')), plan);
    asked.push(request.url);
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    // In two pieces, as it would come.
    const half = Math.floor(text.length / 2);
    response.write(piece(text.slice(0, half)));
    response.end(piece(text.slice(half), 'STOP'));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await action(`http://127.0.0.1:${server.address().port}`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  return asked;
}
