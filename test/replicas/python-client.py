"""A client of the official Python SDK. Each line of its standard input is a call, each line of its output what came of one."""

import asyncio
import json
import sys

from mcp import ClientSession, types
from mcp.client.streamable_http import streamable_http_client


async def accept(_context, _params):
    return types.ElicitResult(action="accept", content={"sure": True})


async def call(session: ClientSession, wanted: dict) -> None:
    try:
        result = await session.call_tool(wanted["name"], wanted.get("arguments") or {})
        said = {"text": result.content[0].text}
    except Exception as error:
        said = {"error": repr(error)}
    print(json.dumps({"id": wanted["id"], **said}), flush=True)


async def main() -> None:
    loop = asyncio.get_running_loop()
    async with streamable_http_client(sys.argv[1]) as (read, write, *_):
        async with ClientSession(read, write, elicitation_callback=accept) as session:
            await session.initialize()
            print(json.dumps({"ready": True}), flush=True)
            calls = set()
            while line := await loop.run_in_executor(None, sys.stdin.readline):
                calls.add(loop.create_task(call(session, json.loads(line))))
            await asyncio.gather(*calls)


asyncio.run(main())
