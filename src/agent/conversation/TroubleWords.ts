import type { ProviderError } from "../../domain/speech/ProviderError.ts"

const happened = ({ reason }: ProviderError): string => {
  switch (reason._tag) {
    case "RateLimited":
    case "Overloaded":
      return "has too much to do now"
    case "Unavailable":
      return "cannot be reached, or is out of order"
    case "TimedOut":
      return "did not answer in time"
    case "Truncated":
      return "broke off in the middle of its answer"
    case "Malformed":
      return "sent something that is no answer"
    case "CircuitOpen":
      return "failed too often just now; it is asked again in a moment"
    case "Rejected":
      return reason.status === 401 || reason.status === 403 ? "does not accept our key" : "refused"
  }
}

/** What a person is told of a provider's failure. The details are for the log: they may hold addresses and code. */
export const ofFailure = (what: string, error: ProviderError): string =>
  `${what} (${error.provider}) ${happened(error)}.`
