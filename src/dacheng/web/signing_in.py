"""Signing in by a one-time link or a password, signing out, and a person's own display settings."""

from __future__ import annotations

from datetime import UTC, datetime

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dacheng.core.errors import DachengError
from dacheng.service.accounts import account_of_link, has_password, keep_preferences
from dacheng.web.figures import UNITS

BACKEND = "dacheng.store.signing_in.PersonBackend"
BY_LINK = "signed_in_by_link"
"""In the session of somebody who came by a link, and so need not know the old password to set a new one."""

YEAR_SECONDS = 365 * 24 * 3600
THEMES = ("auto", "light", "dark")
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


class SignInForm(forms.Form):
    """Name and password; a wrong one and an unknown one get the same words."""

    username = forms.CharField(
        label=gettext_lazy("账号"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Sign in with a password; locked out after five tries for a person and an address."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = authenticate(request, **form.cleaned_data)
        if account is not None:
            login(request, account)
            return HttpResponseRedirect(_next(request))
        form.add_error(None, _("账号或密码不对，或者试得太多被暂时锁定。15 分钟后再试，或请管理员发一个登录链接。"))
    context = {"form": form, "next": request.GET.get("next", "")}
    return render(request, "signing/sign_in.html", context, status=422 if form.errors else 200)


def link_page(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in with a one-time link: opened by a button, so that a link preview does not use it up."""
    if request.method != "POST":
        return render(request, "signing/link.html", {"token": token})
    try:
        account = account_of_link(token, datetime.now(UTC))
    except DachengError as problem:
        language = request.LANGUAGE_CODE
        context = {
            "message": problem.message.in_language(language),
            "remedy": problem.remedy.in_language(language),
            "actions": [],
        }
        return render(request, "problem.html", context, status=404)
    login(request, account, backend=BACKEND)
    request.session[BY_LINK] = True
    return redirect("web:cockpit" if has_password(account) else "web:password")


def as_any_failure(request: HttpRequest, response: HttpResponse, credentials: object = None) -> HttpResponse:
    """Answer a locked-out try like any other that failed, so that nobody learns which accounts there are."""
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    return redirect("web:sign-in")


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep a person's language, theme and money unit; before signing in, in a cookie."""
    chosen = {
        name: value
        for name, allowed in (("language", LANGUAGES), ("theme", THEMES), ("unit", UNITS))
        if (value := request.POST.get(name, "")) in allowed
    }
    response = HttpResponseRedirect(_next(request))
    if request.user.is_authenticated:
        keep_preferences(request.user, chosen)
    for name, value in chosen.items():
        response.set_cookie(name, value, max_age=YEAR_SECONDS, httponly=True, samesite="Lax", secure=settings.SECURE)
    return response


def _next(request: HttpRequest) -> str:
    """Return where to go on; only an address of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=settings.SECURE)
    return wanted if safe else "/"
