"""A client of the official Python SDK, which does several things at once.

Each line of its standard input is a call, or the leave to answer a question of the server: {"id", "name", "arguments"} or
{"answer"}. Each line of its output says that it is ready, what came of a call, or that it was asked: {"ready"},
{"id", "text"} or {"id", "error", "code"}, {"question"}.
"""

import asyncio
import json
import sys

from mcp import ClientSession, MCPError, types
from mcp.client.streamable_http import streamable_http_client


def say(said: dict) -> None:
    print(json.dumps(said), flush=True)


class Questions:
    """Those of the server that wait for the leave to be answered."""

    def __init__(self) -> None:
        self._open: dict[int, asyncio.Future] = {}
        self._count = 0

    async def accept(self, _context, _params):
        number = self._count
        self._count += 1
        allowed = self._open[number] = asyncio.get_running_loop().create_future()
        say({"question": number})
        await allowed
        return types.ElicitResult(action="accept", content={"sure": True})

    def may_answer(self, number: int) -> None:
        self._open.pop(number).set_result(None)


async def call(session: ClientSession, wanted: dict) -> None:
    try:
        result = await session.call_tool(wanted["name"], wanted.get("arguments") or {})
        said = {"text": result.content[0].text}
    except MCPError as error:
        said = {"error": error.message, "code": error.code}
    except Exception as error:
        said = {"error": repr(error)}
    say({"id": wanted["id"], **said})


async def main() -> None:
    loop = asyncio.get_running_loop()
    questions = Questions()
    async with streamable_http_client(sys.argv[1]) as (read, write, *_):
        async with ClientSession(read, write, elicitation_callback=questions.accept) as session:
            await session.initialize()
            say({"ready": True})
            calls = set()
            while line := await loop.run_in_executor(None, sys.stdin.readline):
                wanted = json.loads(line)
                if "answer" in wanted:
                    questions.may_answer(wanted["answer"])
                else:
                    calls.add(loop.create_task(call(session, wanted)))
            for one in calls:
                one.cancel()


asyncio.run(main())
