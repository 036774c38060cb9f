/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates of the tests' web server, good from 2020 to 2120 and for nothing
 * else: EC keys of prime256v1. An authority, a server that it signed for 127.0.0.1
 * and localhost, and an authority that signed nobody; both authorities' keys were
 * thrown away.
 */
#pragma once

static const char web_pem_authority[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBeTCCASCgAwIBAgIUQIRW0GuWeckCvDpSeUfbl1OJIUowCgYIKoZIzj0EAwIw\n"
	"GjEYMBYGA1UEAwwPcG9kaXAgdGVzdHM6IGNhMCAXDTIwMDEwMTAwMDAwMFoYDzIx\n"
	"MjAwMTAxMDAwMDAwWjAaMRgwFgYDVQQDDA9wb2RpcCB0ZXN0czogY2EwWTATBgcq\n"
	"hkjOPQIBBggqhkjOPQMBBwNCAASHejy8o4C6GSc00woWeokGk1XTkOi3ALU4u+rH\n"
	"pv+gt+020TNrcKPNW6EbiCi1WJ5Mgp9XZM554uxIdb2YZQ67o0IwQDAPBgNVHRMB\n"
	"Af8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQUEX7H4e2v2Ey4k3fR\n"
	"rZWjI9KiO5UwCgYIKoZIzj0EAwIDRwAwRAIgQmKXS7BTkj2fAHFi4sDDo6GUJWDK\n"
	"keoIximczZzI1TsCIFC8+Gb4dDAPN0xUDcDWGSnZQVyC2+3P705TfwrpmL8d\n"
	"-----END CERTIFICATE-----\n";

static const char web_pem_other_authority[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBgDCCASagAwIBAgIUM6+gVt+OVKh2Sxs0KnztiSstIM8wCgYIKoZIzj0EAwIw\n"
	"HTEbMBkGA1UEAwwScG9kaXAgdGVzdHM6IG90aGVyMCAXDTIwMDEwMTAwMDAwMFoY\n"
	"DzIxMjAwMTAxMDAwMDAwWjAdMRswGQYDVQQDDBJwb2RpcCB0ZXN0czogb3RoZXIw\n"
	"WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQwCfqP6rU5pS8rh+o6gUviQcYthDne\n"
	"9nLw+KwjGKBDiltIeiL1qPA43CkYQkn9kYyupu0SGzzcWw++59Gj56Z/o0IwQDAP\n"
	"BgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQUrg2TVRtl\n"
	"/EbLLOx6SvRv+s368iowCgYIKoZIzj0EAwIDSAAwRQIhAMRGTmod+5hVTPjQV+ik\n"
	"32mleZlwpEoB0hZqwQOx1wxsAiAx8Cy/XZklVbPx+S/8i9EOep0fE9n8g/Rtvimb\n"
	"pYdb4w==\n"
	"-----END CERTIFICATE-----\n";

static const char web_pem_certificate[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBzDCCAXKgAwIBAgIUNGOoV7HxmVqECbOcT4LNv7akr88wCgYIKoZIzj0EAwIw\n"
	"GjEYMBYGA1UEAwwPcG9kaXAgdGVzdHM6IGNhMCAXDTIwMDEwMTAwMDAwMFoYDzIx\n"
	"MjAwMTAxMDAwMDAwWjAeMRwwGgYDVQQDDBNwb2RpcCB0ZXN0czogc2VydmVyMFkw\n"
	"EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQb5mRiwr1Wh+FCYOdFEVbrJD5A2XCvEH\n"
	"dOAGAoaWe/2sUF94Q1/ER3TiyuRXZJfNtIYOrTpOfq0l/9z32xkAHaOBjzCBjDAJ\n"
	"BgNVHRMEAjAAMA4GA1UdDwEB/wQEAwIHgDATBgNVHSUEDDAKBggrBgEFBQcDATAa\n"
	"BgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwHQYDVR0OBBYEFGcZiO/rxAdYNJ39\n"
	"w4stgv0lIKlLMB8GA1UdIwQYMBaAFBF+x+Htr9hMuJN30a2VoyPSojuVMAoGCCqG\n"
	"SM49BAMCA0gAMEUCIQDCzWEtTIbkxjfj4pIpC91QItS/KOpb68TRXqlHYj5N/wIg\n"
	"PxqR2wNSj/2HnbZNyU3qfyECqdgGN/DZYKloOdBzD+8=\n"
	"-----END CERTIFICATE-----\n";

static const char web_pem_key[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJXKrbDJh8KbJ8/m9\n"
	"ccOXe6E93ll797tvOKwDrTKRRfuhRANCAARBvmZGLCvVaH4UJg50URVuskPkDZcK\n"
	"8Qd04AYChpZ7/axQX3hDX8RHdOLK5Fdkl820hg6tOk5+rSX/3PfbGQAd\n"
	"-----END PRIVATE KEY-----\n";
