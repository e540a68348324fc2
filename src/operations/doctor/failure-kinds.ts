/** What an attempt came to, in a few kinds that are cured alike. */
export function kindOf({ status, error_code }: { status: number | null; error_code: string | null }): string {
  if (error_code !== null) return error_code
  return status === null ? 'unknown' : `status ${status}`
}

const CURES: Readonly<Record<string, string>> = {
  dns: 'The name of the host does not resolve: ask the owner whether it is still theirs, and mend the address.',
  connect:
    'Nobody listens there: ask the owner whether the server runs, and whether its firewall lets this machine in.',
  tls: 'The certificate has ended, is for another name, or its chain is not complete: the owner renews it. For a private authority there is the option connection.ca.',
  timeout:
    'The target takes too long: let it answer 2xx first and work afterwards. dispatch.timeoutMs is how long hookwright waits.',
  refused_address:
    'The address is not on the public internet. If that is meant, add it to the option `allow`; otherwise delete the hook.',
  protocol:
    'What answers there is no HTTP server, or closes the connection: check port and scheme of the target.',
  aborted: 'Attempts are broken off by this side: look whether a worker is stopped again and again.',
  local:
    'A fault of this machine, and not of the hook: too few file handles or ports, or a firewall of its own. See the log.',
  'status 401':
    'The target wants to know who calls: give the hook the headers that it asks for, or check that it knows the secret.',
  'status 403':
    'The target refuses: it may want headers, know another secret, or stand behind a firewall for web applications.',
  'status 404':
    'There is nothing under this path: mend the target of the hook. Some automation tools answer so while a workflow is switched off.',
  'status 429': 'The target gets too much at once: give the hook a rateLimit.',
}

/** What to do about failures of a kind. */
export function cureOf(kind: string): string {
  const cure = CURES[kind]
  if (cure !== undefined) return cure
  if (kind.startsWith('status 3'))
    return 'The target has moved, and redirects are not followed: set the hook to the new address.'
  if (kind.startsWith('status 4'))
    return "The target does not take the request: read its answer in the delivery's log, and compare body, headers and signature with what it wants."
  if (kind.startsWith('status 5'))
    return 'The target has a fault of its own: tell the owner. hookwright goes on trying, and `replay` sends again what was given up.'
  return "Read the attempts in the delivery's log."
}
