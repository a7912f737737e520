"""My account (我的账号): password, API tokens, display settings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from dacheng.core.errors import DachengError
from dacheng.service.accounts import (
    SCOPES,
    TOKEN_DAYS,
    change_password,
    has_password,
    issue_token,
    own_tokens,
    revoke_token,
)
from dacheng.service.people import viewer_now
from dacheng.web.forms import said
from dacheng.web.setting_pages import settings_crumbs
from dacheng.web.signing_in import BY_LINK
from dacheng.web.toasts import say
from dacheng.web.when import shown_moment

SCOPE_WORDS = {"read": gettext_lazy("读"), "write": gettext_lazy("读和写")}
DAYS = (7, 30, 90, 365)


class PasswordForm(forms.Form):
    """A new password twice, and the old one from whoever has one and did not come by a link."""

    current = forms.CharField(
        label=gettext_lazy("现在的密码"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("新密码"),
        max_length=200,
        help_text=gettext_lazy("至少 12 个字符，不能全是数字，也不能是常见的密码。几个不相干的词最好记。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("再写一次"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, ask_current: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_current:
            del self.fields["current"]

    def clean(self) -> dict[str, Any]:
        """Refuse two different passwords."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            self.add_error("again", _("两次写的不一样。"))
        return given


class TokenForm(forms.Form):
    """What a token is for, what it may do, and how long."""

    name = forms.CharField(label=gettext_lazy("给谁用"), max_length=100, help_text=gettext_lazy("例如：每周报表脚本。"))
    scope = forms.ChoiceField(label=gettext_lazy("可以做什么"), choices=tuple(SCOPE_WORDS.items()))
    days = forms.TypedChoiceField(label=gettext_lazy("有效期"), coerce=int, initial=TOKEN_DAYS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [(days, _("%(days)s 天") % {"days": days}) for days in DAYS]


@login_required
def account_page(request: HttpRequest) -> HttpResponse:
    """Show a person's own account."""
    return _page(request, TokenForm())


@login_required
@require_POST
def new_token(request: HttpRequest) -> HttpResponse:
    """Issue a token; its secret is on this answer and nowhere else."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    at = datetime.now(UTC)
    given = form.cleaned_data
    scopes = SCOPES if given["scope"] == "write" else ("read",)
    try:
        issued = issue_token(
            actor=viewer_now(request.user.person_id, at), at=at, name=given["name"], scopes=scopes, days=given["days"]
        )
    except DachengError as problem:
        form.add_error(None, said(problem))
        return _page(request, form, status=422)
    return _page(request, TokenForm(), secret=issued.secret, secret_name=given["name"])


@login_required
@require_POST
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Revoke a token of one's own."""
    at = datetime.now(UTC)
    revoke_token(actor=viewer_now(request.user.person_id, at), at=at, uid=str(uid))
    say(request, _("令牌已作废，用它的程序从下一次调用起进不来。"))
    return redirect("web:account")


@sensitive_post_parameters()
@login_required
def password_page(request: HttpRequest) -> HttpResponse:
    """Set a password: the first one after signing in by a link, or another one."""
    request.section = "settings"
    first = not has_password(request.user)
    ask_current = not first and not request.session.get(BY_LINK)
    form = PasswordForm(request.POST or None, ask_current=ask_current)
    if request.method == "POST" and form.is_valid() and _changed(request, form):
        say(request, _("密码已设。下次用账号 %(name)s 和它登录。") % {"name": request.user.username})
        return redirect("web:cockpit" if first else "web:account")
    context = {
        "heading": _("设密码") if first else _("换密码"),
        "crumbs": [*settings_crumbs(_("我的账号"), reverse("web:account")), {"label": _("密码"), "url": ""}],
        "form": form,
        "first": first,
        "submit": _("设密码") if first else _("换密码"),
        "cancel_url": reverse("web:account"),
    }
    return render(request, "settings/password.html", context, status=422 if form.errors else 200)


def _changed(request: HttpRequest, form: PasswordForm) -> bool:
    """Set the password; what is wrong with it is told at its field."""
    given, at = form.cleaned_data, datetime.now(UTC)
    if "current" in given and authenticate(request, username=request.user.username, password=given["current"]) is None:
        form.add_error("current", _("密码不对，或者试得太多被暂时锁定。"))
        return False
    try:
        change_password(actor=viewer_now(request.user.person_id, at), at=at, password=given["new"])
    except DachengError as problem:
        form.add_error("new", said(problem))
        return False
    request.user.refresh_from_db(fields=["password"])
    update_session_auth_hash(request, request.user)
    request.session.pop(BY_LINK, None)
    return True


def _page(
    request: HttpRequest, form: TokenForm, *, secret: str = "", secret_name: str = "", status: int = 200
) -> HttpResponse:
    request.section = "settings"
    at = datetime.now(UTC)
    tokens = own_tokens(viewer_now(request.user.person_id, at), at)
    context = {
        "crumbs": settings_crumbs(_("我的账号")),
        "username": request.user.username,
        "has_password": has_password(request.user),
        "tokens": [
            {
                "name": one.name,
                "scope": SCOPE_WORDS["write" if "write" in one.scopes else "read"],
                "until": shown_moment(one.expires_at),
                "revoke_url": reverse("web:revoke-token", args=[one.uid]),
            }
            for one in tokens
        ],
        "form": form,
        "secret": secret,
        "secret_name": secret_name,
    }
    return render(request, "settings/account.html", context, status=status)
