"""The secrets of the apps that show codes lay open in the database: seal them."""

from django.db import migrations

from staff.sealing import MARK, Unreadable, account, seal, unseal


def seal_all(apps, schema_editor):
    devices = apps.get_model("otp_totp", "TOTPDevice").objects
    for device in devices.exclude(key__startswith=MARK):
        sealed = seal(bytes.fromhex(device.key), account(device.user_id))
        devices.filter(pk=device.pk).update(key=sealed)


def open_all(apps, schema_editor):
    """One that cannot be opened stays as it is, and is set up anew."""
    devices = apps.get_model("otp_totp", "TOTPDevice").objects
    for device in devices.filter(key__startswith=MARK):
        try:
            secret = unseal(device.key, account(device.user_id))
        except Unreadable:
            continue
        devices.filter(pk=device.pk).update(key=secret.hex())


class Migration(migrations.Migration):
    dependencies = [
        ("otp_totp", "0003_add_timestamps"),
        ("staff", "0005_authenticator"),
    ]

    operations = [migrations.RunPython(seal_all, open_all)]
