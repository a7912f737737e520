"""A database that is away answers 503 with a way out, on every page, and asks it nothing more."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from dacheng.web.middleware import PreferencesMiddleware, ProblemsMiddleware


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse("fine")


class Away:
    """A user that cannot be read."""

    @property
    def is_authenticated(self) -> bool:
        raise OperationalError("away")


def test_a_page_whose_user_cannot_be_read_is_503_with_a_time_to_retry():
    request = RequestFactory().get("/")
    request.user = Away()

    response = PreferencesMiddleware(answer)(request)

    assert response.status_code == 503
    assert response["Retry-After"]
    assert "没有写入" in response.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HTTP_HX_REQUEST": "true"}])
def test_a_view_that_loses_the_database_is_503_and_never_500(headers):
    request = RequestFactory().get("/", **headers)
    request.user = AnonymousUser()

    response = ProblemsMiddleware(answer).process_exception(request, OperationalError("away"))

    assert response is not None
    assert response.status_code == 503
