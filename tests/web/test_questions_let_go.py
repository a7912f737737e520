"""A page holds its Book no longer than it is being answered."""

import gc
import weakref
from contextlib import suppress

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from dacheng.web.middleware import question_let_go


class Question:
    """Stands for what a request asks; a Book hangs on it."""


@pytest.mark.parametrize("fails", [False, True])
def test_a_book_goes_with_its_response_though_the_request_refers_to_itself(fails):
    asked = []

    def respond(request):
        request.asked, request.itself = Question(), request
        asked.append(weakref.ref(request.asked))
        if fails:
            raise LookupError
        return HttpResponse()

    gc.disable()
    with suppress(LookupError):
        question_let_go(respond)(RequestFactory().get("/"))
    held = asked[0]()
    gc.enable()

    assert held is None
