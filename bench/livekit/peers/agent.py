"""The smallest LiveKit agent in Python whose recogniser, model and voice are scripted and instant.

An energy gate ends a turn after SILENT_MS of silence; everything else is the SDK's own default.
"""

import array
import json
import math
import os
import time

from livekit import rtc
from livekit.agents import Agent, AgentServer, AgentSession, JobContext, NOT_GIVEN, cli, llm, stt, tts, utils
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS

SILENT_MS = 100
REPLY_MS = 1000
RATE = 24000
LOUD = 1500
SPOKEN = "This is the scripted answer."
STATE = {"room": "", "awaited": False}


def note(what):
    with open(os.environ["BENCH_MARKS"], "a") as marks:
        marks.write(json.dumps({"what": what, "room": STATE["room"], "at": time.time() * 1000}) + "\n")


def is_loud(data):
    samples = memoryview(data).cast("B").cast("h")[::4].tolist()
    return max(samples) > LOUD or min(samples) < -LOUD


capture_frame = rtc.AudioSource.capture_frame


async def noted_capture_frame(self, frame):
    """The moment at which the first loud frame of an answer is handed to WebRTC."""
    if STATE["awaited"] and is_loud(frame.data):
        STATE["awaited"] = False
        note("frame")
    return await capture_frame(self, frame)


rtc.AudioSource.capture_frame = noted_capture_frame


class ScriptedSpeechStream(stt.RecognizeStream):
    async def _run(self):
        speaking, quiet_ms = False, 0.0
        async for frame in self._input_ch:
            if not isinstance(frame, rtc.AudioFrame):
                continue
            if is_loud(frame.data):
                quiet_ms = 0.0
                if not speaking:
                    self._event_ch.send_nowait(stt.SpeechEvent(type=stt.SpeechEventType.START_OF_SPEECH))
                speaking = True
                continue
            quiet_ms += frame.samples_per_channel * 1000 / frame.sample_rate
            if not speaking or quiet_ms < SILENT_MS:
                continue
            speaking = False
            STATE["awaited"] = True
            note("final")
            said = stt.SpeechData(language="en", text="seven of clubs", confidence=1.0)
            self._event_ch.send_nowait(stt.SpeechEvent(type=stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives=[said]))
            self._event_ch.send_nowait(stt.SpeechEvent(type=stt.SpeechEventType.END_OF_SPEECH))


class ScriptedSpeechToText(stt.STT):
    def __init__(self):
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=False))

    async def _recognize_impl(self, buffer, *, language=NOT_GIVEN, conn_options=DEFAULT_API_CONNECT_OPTIONS):
        raise NotImplementedError("it streams only")

    def stream(self, *, language=NOT_GIVEN, conn_options=DEFAULT_API_CONNECT_OPTIONS):
        return ScriptedSpeechStream(stt=self, conn_options=conn_options)


class ScriptedChatStream(llm.LLMStream):
    async def _run(self):
        delta = llm.ChoiceDelta(role="assistant", content=SPOKEN)
        self._event_ch.send_nowait(llm.ChatChunk(id="answer", delta=delta))


class ScriptedModel(llm.LLM):
    def chat(self, *, chat_ctx, tools=None, conn_options=DEFAULT_API_CONNECT_OPTIONS, **_):
        return ScriptedChatStream(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


FRAME = array.array("h", (int(8000 * math.sin(2 * math.pi * 500 * i / RATE)) for i in range(RATE // 50))).tobytes()


class ScriptedVoiceStream(tts.SynthesizeStream):
    async def _run(self, out: tts.AudioEmitter):
        out.initialize(
            request_id="answer", sample_rate=RATE, num_channels=1, mime_type="audio/pcm", frame_size_ms=20, stream=True
        )
        out.start_segment(segment_id=utils.shortuuid())
        begun = False
        async for text in self._input_ch:
            if begun or not isinstance(text, str):
                continue
            begun = True
            for _ in range(REPLY_MS // 20):
                out.push(FRAME)
        out.end_segment()


class ScriptedVoice(tts.TTS):
    def __init__(self):
        super().__init__(capabilities=tts.TTSCapabilities(streaming=True), sample_rate=RATE, num_channels=1)

    def synthesize(self, text, *, conn_options=DEFAULT_API_CONNECT_OPTIONS):
        raise NotImplementedError("it streams only")

    def stream(self, *, conn_options=DEFAULT_API_CONNECT_OPTIONS):
        return ScriptedVoiceStream(tts=self, conn_options=conn_options)


# Its default load is the machine's CPU, and from 0.7 on a LiveKit server dispatches nothing to it. Its own admission would turn
# a burst away; BENCH_ADMIT=all lifts that.
admission = {"load_threshold": math.inf} if os.environ.get("BENCH_ADMIT") == "all" else {}
server = AgentServer(host="127.0.0.1", port=int(os.environ["BENCH_PORT"]), load_fnc=lambda: 0.0, **admission)


@server.rtc_session(agent_name=os.environ["BENCH_AGENT"])
async def entry(job: JobContext):
    STATE["room"] = job.room.name or job.job.room.name
    session = AgentSession(
        stt=ScriptedSpeechToText(),
        llm=ScriptedModel(),
        tts=ScriptedVoice(),
        turn_handling={"turn_detection": "stt", "endpointing": {"mode": "fixed", "min_delay": 0.0, "max_delay": 0.0}},
    )
    await session.start(agent=Agent(instructions="scripted"), room=job.room, record=False)
    await job.connect()


if __name__ == "__main__":
    cli.run_app(server)
