import { Clock, Duration, Effect, Layer, Option } from "effect"
import { MediaWebhook, WebhookRefused } from "../../domain/media/MediaWebhook.ts"
import * as LiveKitOptions from "./LiveKitOptions.ts"
import * as LiveKitSdk from "./LiveKitSdk.ts"
import * as SeenEvents from "./SeenEvents.ts"
import * as WebhookEvents from "./WebhookEvents.ts"
import { clockSkewMax, verify } from "./WebhookSignature.ts"

/** Older events are refused: whatever they tell, a look at the rooms tells better. The server gives up sending after 30 s. */
export const eventAgeMax = Duration.minutes(5)
/** Remembered within that time; at 100 bytes each. 33 events a second. */
export const eventsMax = 10_000
/** An event of a room is a few hundred bytes, of a large egress some thousand. */
export const bodyCharsMax = 256 * 1_024

const refuse = (detail: string) => new WebhookRefused({ detail })

const make = Effect.fnUntraced(function* (given: LiveKitOptions.LiveKitOptions) {
  const { keys } = yield* LiveKitOptions.check(given)
  const sdk = yield* LiveKitSdk.load
  const seen = yield* SeenEvents.make(eventsMax)
  return MediaWebhook.of({
    receive: Effect.fn("MediaWebhook.receive")(function* (body, authorization) {
      if (body.length > bodyCharsMax) return yield* refuse("its body is too long for an event")
      yield* verify(sdk, keys, body, authorization)
      const event = yield* WebhookEvents.decode(sdk, body)
      if (event.id === "") return yield* refuse("its event has no id")
      const nowMillis = yield* Clock.currentTimeMillis
      const ageMillis = nowMillis - WebhookEvents.timeOf(event).epochMillis
      if (ageMillis > Duration.toMillis(eventAgeMax)) return yield* refuse("its event is too old")
      if (ageMillis < -Duration.toMillis(clockSkewMax)) return yield* refuse("its event lies in the future")
      // Also one from ahead of our clock is too old by then.
      const oldestMillis = nowMillis - Duration.toMillis(eventAgeMax) - Duration.toMillis(clockSkewMax)
      const isNew = yield* seen.isNew(event.id, nowMillis, oldestMillis)
      return isNew ? Option.some(WebhookEvents.toMediaEvent(sdk, event)) : Option.none()
    }),
  })
})

/**
 * Reads what a LiveKit server posts to us. Each process remembers what it has received: with several of them behind one
 * address an event may be taken once by each.
 */
export const layer = (
  options: LiveKitOptions.LiveKitOptions,
): Layer.Layer<MediaWebhook, LiveKitOptions.LiveKitRefused> => Layer.effect(MediaWebhook, make(options))

/** As `LiveKitOptions.config` says. */
export const layerConfig = Layer.unwrapEffect(Effect.map(LiveKitOptions.config, layer))
