"""Answers to requests that are refused before a route sees them."""

from __future__ import annotations

import pytest
from httpx import AsyncClient

from designer.problems import MOST_BODY


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_body_beyond_the_limit_of_the_api_is_told_the_limit(owner: AsyncClient, language: str) -> None:
    answer = await owner.put("/api/flows/small/draft", content=b"x" * (MOST_BODY + 1), headers={"Accept-Language": language})
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (413, "body.too_large")
    assert str(MOST_BODY) in problem["title"]


async def test_the_methods_of_an_address_may_be_asked_for(client: AsyncClient) -> None:
    answer = await client.options("/api/runs")
    assert answer.status_code == 204
    assert "GET" in answer.headers["Allow"]
