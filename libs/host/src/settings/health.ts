/** One question to the health endpoint of a program on this node. */

const limitMs = 5000;

/** True when the address answers with 200 in time. */
export async function answersOk(address: string): Promise<boolean> {
  // Nearly no start of the agent gets here.
  const { get } = await import('node:http');
  return new Promise((resolve) => {
    const request = get(address, { signal: AbortSignal.timeout(limitMs) }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
  });
}
