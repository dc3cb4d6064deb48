"""A model as litserve wants it: run with a port, it streams the words it is sent, one chunk each."""

import sys
import time
from pathlib import Path

import litserve


class Words(litserve.LitAPI):
    """Before the second word it waits for the file that the request names: the test then knows it has the first."""

    def setup(self, device):
        pass

    def decode_request(self, request):
        return request["words"], Path(request["go"])

    def predict(self, asked):
        words, go = asked
        for number, word in enumerate(words):
            end = time.monotonic() + 10
            while number == 1 and not go.exists() and time.monotonic() < end:
                time.sleep(0.005)
            yield word

    def encode_response(self, output):
        yield from output


if __name__ == "__main__":
    api = Words(api_path="/invocations", stream=True)
    server = litserve.LitServer(api, accelerator="cpu", healthcheck_path="/ping")
    server.run(host="127.0.0.1", port=int(sys.argv[1]), num_api_servers=1, generate_client_file=False)
