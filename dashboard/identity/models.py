"""What the database keeps about people, on top of Django's users and groups."""

from django.contrib.auth.models import Group, User
from django.db import models


class ExternalAccount(models.Model):
    """Who a user is at the single sign-on provider: names and addresses change there, this does not."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="external_account")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)  # OpenID Connect Core 1.0, section 2: at most 255

    class Meta:
        constraints = (models.UniqueConstraint(fields=["issuer", "subject"], name="one_user_each"),)

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"


class GivenRight(models.Model):
    """A right that the group of a role was given, once: one that it lacks all the same was taken away by a person."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="given_rights")
    right = models.CharField(max_length=150)  # as in tickets_app/rights.py

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "right"], name="given_once"),)

    def __str__(self) -> str:
        return f"{self.right} to {self.group_id}"
