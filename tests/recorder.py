"""A program that records by PulseAudio's library, for what parec cannot: a level meter, and a stream that is corked.

Run as `python recorder.py DEVICE FLAGS`; each line on its standard input, `1` or `0`, corks the stream or uncorks it.
"""

import ctypes
import sys

START_CORKED, PEAK_DETECT = 0x0001, 0x0800
READY = {"context": 4, "stream": 2}
FLOAT32LE = 5


class Spec(ctypes.Structure):
    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


def main() -> None:
    device, flags = sys.argv[1].encode(), int(sys.argv[2])
    pulse = ctypes.CDLL("libpulse.so.0")
    for name in ("pa_threaded_mainloop_new", "pa_threaded_mainloop_get_api", "pa_context_new", "pa_stream_new"):
        getattr(pulse, name).restype = ctypes.c_void_p
    loop = ctypes.c_void_p(pulse.pa_threaded_mainloop_new())
    changed = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(
        lambda _thing, _data: pulse.pa_threaded_mainloop_signal(loop, 0)
    )
    pulse.pa_threaded_mainloop_lock(loop)
    pulse.pa_threaded_mainloop_start(loop)

    api = ctypes.c_void_p(pulse.pa_threaded_mainloop_get_api(loop))
    context = ctypes.c_void_p(pulse.pa_context_new(api, b"recorder"))
    pulse.pa_context_set_state_callback(context, changed, None)
    assert pulse.pa_context_connect(context, None, 1, None) == 0
    while pulse.pa_context_get_state(context) != READY["context"]:
        pulse.pa_threaded_mainloop_wait(loop)

    spec = Spec(FLOAT32LE, 25 if flags & PEAK_DETECT else 48000, 1)
    stream = ctypes.c_void_p(pulse.pa_stream_new(context, b"recording", ctypes.byref(spec), None))
    pulse.pa_stream_set_state_callback(stream, changed, None)
    assert pulse.pa_stream_connect_record(stream, device, None, flags) == 0
    while pulse.pa_stream_get_state(stream) != READY["stream"]:
        pulse.pa_threaded_mainloop_wait(loop)
    pulse.pa_threaded_mainloop_unlock(loop)

    for line in sys.stdin:
        pulse.pa_threaded_mainloop_lock(loop)
        pulse.pa_stream_cork(stream, int(line), None, None)
        pulse.pa_threaded_mainloop_unlock(loop)


if __name__ == "__main__":
    main()
