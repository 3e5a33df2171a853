/** Whether a path is the API's or the sign-in's: what goes wrong there is told as problem details. */
export function isApi(path: string): boolean {
  return /^\/(api|auth)(\/|$)/i.test(path);
}

/** Whether a path is the public log's, or for orchestrators and Prometheus: neither the API's nor the page's. */
export function isPlain(path: string): boolean {
  // `/log` itself is not: the log has nothing there, and the page has.
  return /^\/(log\/|(health|metrics)(\/|$))/i.test(path);
}
